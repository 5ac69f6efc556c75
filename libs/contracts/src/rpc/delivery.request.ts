import { IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import { DELIVERY_STATES, type DeliveryStateName } from '../views/delivery.view.js';
import { PROVIDERS } from './connection.request.js';
import { IsPlainText } from './plain-text.js';
import { ScopedRequest } from './scoped.request.js';

/** `passerelle.rpc.deliveries.list`. */
export class ListDeliveriesRpc extends ScopedRequest {
  @IsOptional()
  @IsIn(PROVIDERS)
  provider?: (typeof PROVIDERS)[number] | null;

  @IsOptional()
  @IsIn(DELIVERY_STATES)
  state?: DeliveryStateName | null;

  @IsOptional()
  @IsUUID()
  connectionId?: string | null;

  @IsInt()
  @Min(1)
  @Max(500)
  limit!: number;

  @IsOptional()
  @IsString()
  cursor?: string | null;
}

/** `passerelle.rpc.deliveries.get`. */
export class DeliveryRpc extends ScopedRequest {
  @IsString()
  @IsPlainText()
  @Length(1, 200)
  deliveryId!: string;
}

/** `passerelle.rpc.deliveries.replay` → {@link ReplayedDeliveryReply}. */
export class ReplayDeliveryRpc extends DeliveryRpc {
  /** Id of the command, derived from the caller's `Idempotency-Key` where there is one: a repeat finds its own work. */
  @IsUUID()
  commandId!: string;
}
