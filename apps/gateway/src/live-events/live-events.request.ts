import { IsOptional, IsString } from 'class-validator';

export class LiveEventsRequest {
  @IsOptional()
  @IsString()
  tenantId?: string;
}
