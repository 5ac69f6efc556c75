import {
  type DeliveryDetailsView,
  DeliveryRpc,
  type DeliveryView,
  ListDeliveriesRpc,
  type Page,
  RPC_SUBJECTS,
} from '#contracts';
import { Answers, seeOwnWrites } from '#service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DELIVERIES } from '../forgotten-deliveries.js';
import { SyncDeps } from '../sync-deps.js';
import { getDelivery } from './get-delivery.query.js';
import { listDeliveries } from './list-deliveries.query.js';

@Controller()
export class DeliveriesController {
  readonly #deps: SyncDeps;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  @Answers(RPC_SUBJECTS.listDeliveries)
  async onList(@Payload() message: ListDeliveriesRpc): Promise<Page<DeliveryView>> {
    await seeOwnWrites(this.#deps.db, DELIVERIES, message.minPosition);
    return listDeliveries(this.#deps.db, message);
  }

  @Answers(RPC_SUBJECTS.getDelivery)
  async onGet(@Payload() message: DeliveryRpc): Promise<DeliveryDetailsView> {
    await seeOwnWrites(this.#deps.db, DELIVERIES, message.minPosition);
    return getDelivery(this.#deps.db, message.deliveryId, message.scope);
  }
}
