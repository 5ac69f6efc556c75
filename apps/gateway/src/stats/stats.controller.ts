import { ConnectionStatsView, RPC_SUBJECTS } from '#contracts';
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CallerOf } from '../api-key.guard.js';
import type { Caller } from '../callers.js';
import { GatewayDeps } from '../gateway-deps.js';
import { ConnectionStatsRequest } from './stats.request.js';

@ApiTags('syncs')
@ApiBearerAuth()
@Controller('v1/connections/:id/stats')
export class StatsController {
  readonly #deps: GatewayDeps;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
  }

  /** How well the connection has been synchronised of late: success rate, freshness, new transactions day by day. */
  @Get()
  get(
    @Param('id') connectionId: string,
    @Query() { days }: ConnectionStatsRequest,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<ConnectionStatsView> {
    const minPosition = this.#deps.ownWrites.minPosition(caller, request);
    const message = { connectionId, days, scope: caller.scope, minPosition };
    return this.#deps.rpc.request<ConnectionStatsView>(RPC_SUBJECTS.connectionStats, message);
  }
}
