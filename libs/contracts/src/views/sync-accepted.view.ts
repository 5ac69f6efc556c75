import { IsIn, IsString } from 'class-validator';

/** The run that a request became part of. */
export class SyncAcceptedView {
  @IsString()
  readonly id!: string;

  @IsString()
  readonly connectionId!: string;

  @IsIn(['pending'])
  readonly status!: 'pending';
}
