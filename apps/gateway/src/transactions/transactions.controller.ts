import { RPC_SUBJECTS, TransactionDetailsView } from '#contracts';
import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CallerOf } from '../api-key.guard.js';
import type { Caller } from '../callers.js';
import { GatewayDeps } from '../gateway-deps.js';

@ApiTags('transactions')
@ApiBearerAuth()
@Controller('v1/transactions')
export class TransactionsController {
  readonly #deps: GatewayDeps;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
  }

  /** One transaction: the ids that the provider gave it, and all that happened to it since it was imported. */
  @Get(':id')
  get(
    @Param('id') id: string,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<TransactionDetailsView> {
    const minPosition = this.#deps.ownWrites.minPosition(caller, request);
    const message = { id, scope: caller.scope, minPosition };
    return this.#deps.rpc.request<TransactionDetailsView>(RPC_SUBJECTS.getTransaction, message);
  }
}
