import { IsString } from 'class-validator';

/** Which connection an event speaks of. */
export abstract class ConnectionData {
  @IsString()
  readonly tenantId!: string;

  @IsString()
  readonly companyId!: string;

  @IsString()
  readonly connectionId!: string;
}
