import { DELIVERY_STATES, type DeliveryStateName, PROVIDERS } from '#contracts';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Max, Min } from 'class-validator';

export class ListDeliveriesRequest {
  @IsOptional()
  @IsIn(PROVIDERS)
  provider?: (typeof PROVIDERS)[number];

  @IsOptional()
  @IsIn(DELIVERY_STATES)
  state?: DeliveryStateName;

  /** Only deliveries about this connection. */
  @IsOptional()
  @IsUUID()
  connectionId?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit: number = 50;

  @IsOptional()
  @IsString()
  cursor?: string;
}
