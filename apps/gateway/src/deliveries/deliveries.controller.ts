import {
  DeliveryDetailsView,
  type DeliveryPageView,
  DeliveryReplayedView,
  type ReplayedDeliveryReply,
  RPC_SUBJECTS,
} from '#contracts';
import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerOf } from '../api-key.guard.js';
import type { Caller } from '../callers.js';
import { GatewayDeps } from '../gateway-deps.js';
import { callId } from '../idempotency.js';
import { InCallersLanguage } from '../in-callers-language.js';
import { idempotencyKey } from '../request-headers.js';
import { ListDeliveriesRequest } from './list-deliveries.request.js';
import { tellDeliveries, tellDelivery } from './tell-delivery.js';

@ApiTags('deliveries')
@ApiBearerAuth()
@Controller('v1/deliveries')
export class DeliveriesController {
  readonly #deps: GatewayDeps;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
  }

  /** Verified webhooks, newest first; a tenant's key sees those about its own connections. */
  @InCallersLanguage(tellDeliveries)
  @Get()
  list(
    @Query() { provider, state, connectionId, limit, cursor }: ListDeliveriesRequest,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<DeliveryPageView> {
    const minPosition = this.#deps.ownWrites.minPosition(caller, request);
    const filter = { provider, state, connectionId, limit, cursor };
    const message = { ...filter, scope: caller.scope, minPosition };
    return this.#deps.rpc.request<DeliveryPageView>(RPC_SUBJECTS.listDeliveries, message);
  }

  /** One webhook: what it says, what became of it, and the runs that it asked for. */
  @InCallersLanguage(tellDelivery)
  @Get(':id')
  get(
    @Param('id') deliveryId: string,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<DeliveryDetailsView> {
    const minPosition = this.#deps.ownWrites.minPosition(caller, request);
    const message = { deliveryId, scope: caller.scope, minPosition };
    return this.#deps.rpc.request<DeliveryDetailsView>(RPC_SUBJECTS.getDelivery, message);
  }

  /** Act on it once more, by what its stored body means by today's rules. */
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @Post(':id/replay')
  @HttpCode(202)
  async replay(
    @Param('id') deliveryId: string,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeliveryReplayedView> {
    const key = idempotencyKey(request);
    const commandId = callId(caller, `replay:${deliveryId}`, key);
    const message = { deliveryId, commandId, scope: caller.scope };
    const answer = await this.#deps.idempotency.once(caller, key, { replay: deliveryId }, async () => {
      const done = await this.#deps.rpc.request<ReplayedDeliveryReply>(RPC_SUBJECTS.replayDelivery, message);
      this.#deps.ownWrites.wrote(caller, reply, done.position);
      return { status: 202, body: { deliveryId: done.deliveryId, requestId: done.requestId } };
    });
    void reply.header('location', `/v1/syncs/${encodeURIComponent(answer.body.requestId)}`);
    return answer.body;
  }
}
