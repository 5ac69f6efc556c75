import {
  RPC_SUBJECTS, type RequestedSyncReply, SyncAcceptedView, type SyncPageView, SyncView, type TransactionPageView,
} from '#contracts'; // prettier-ignore
import { DomainError } from '#kernel';
import { RpcProblem } from '#messaging';
import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerOf } from '../api-key.guard.js';
import type { Caller } from '../callers.js';
import { GatewayDeps } from '../gateway-deps.js';
import { callId } from '../idempotency.js';
import { InCallersLanguage } from '../in-callers-language.js';
import { idempotencyKey } from '../request-headers.js';
import { tellAnswer, tellSync, tellSyncs } from '../tell-sync.js';
import { ListTransactionsRequest, RequestSyncQuery, SyncHistoryRequest } from './syncs.request.js';
import { windowFaults } from './window-faults.js';

const POLL_MS = 100;
/** The run was accepted: what keeps us from seeing it for the moment must not answer for it. */
const NOT_YET = new Set(['sync.not-found', 'service.unavailable']);

@ApiTags('syncs')
@ApiBearerAuth()
@Controller('v1')
export class SyncsController {
  readonly #deps: GatewayDeps;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
  }

  /** Ask for a sync: 202 with the run that this request became part of; with `wait`, 200 with the finished run. */
  @InCallersLanguage(tellAnswer)
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiAcceptedResponse({ type: SyncAcceptedView, description: 'The run that this request became part of' })
  @ApiOkResponse({ type: SyncView, description: 'With `wait`: the finished run' })
  @Post('connections/:id/syncs')
  async request(
    @Param('id') connectionId: string,
    @Query() { wait }: RequestSyncQuery,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SyncAcceptedView | SyncView> {
    const key = idempotencyKey(request);
    const message = {
      connectionId,
      requestId: callId(caller, `sync:${connectionId}`, key),
      scope: caller.scope,
    };
    const answer = await this.#deps.idempotency.once(caller, key, { sync: connectionId }, async () => {
      const accepted = await this.#deps.rpc.request<RequestedSyncReply>(RPC_SUBJECTS.requestSync, message);
      this.#deps.ownWrites.wrote(caller, reply, accepted.position);
      const { id, status } = accepted;
      return { status: 202, body: { id, connectionId: accepted.connectionId, status } };
    });
    const finished = wait > 0 ? await this.#finished(answer.body.id, caller, request, wait) : null;
    void reply.status(finished ? 200 : answer.status).header('location', `/v1/syncs/${answer.body.id}`);
    return finished ?? answer.body;
  }

  /** The runs of a connection, newest first. */
  @InCallersLanguage(tellSyncs)
  @Get('connections/:id/syncs')
  history(
    @Param('id') connectionId: string,
    @Query() query: SyncHistoryRequest,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<SyncPageView> {
    const minPosition = this.#deps.ownWrites.minPosition(caller, request);
    const message = { connectionId, ...query, scope: caller.scope, minPosition };
    return this.#deps.rpc.request<SyncPageView>(RPC_SUBJECTS.syncHistory, message);
  }

  /** One run, by its id or by the id of a request (webhook or call) that became part of it. */
  @InCallersLanguage(tellSync)
  @Get('syncs/:id')
  get(
    @Param('id') id: string,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<SyncView> {
    const minPosition = this.#deps.ownWrites.minPosition(caller, request);
    return this.#deps.rpc.request<SyncView>(RPC_SUBJECTS.getSync, { id, scope: caller.scope, minPosition });
  }

  /** Transactions of a connection, newest bank day first; those that the bank took back carry `removedAt`. */
  @Get('connections/:id/transactions')
  transactions(
    @Param('id') connectionId: string,
    @Query() query: ListTransactionsRequest,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<TransactionPageView> {
    const errors = windowFaults(query);
    if (errors.length > 0)
      throw new DomainError('request.invalid', 'The request is not valid. See errors.', { errors });
    const minPosition = this.#deps.ownWrites.minPosition(caller, request);
    const message = { connectionId, ...query, scope: caller.scope, minPosition };
    return this.#deps.rpc.request<TransactionPageView>(RPC_SUBJECTS.listTransactions, message);
  }

  /** The run once it has ended; `null` when it has not within `seconds`. */
  async #finished(
    id: string,
    caller: Caller,
    request: FastifyRequest,
    seconds: number,
  ): Promise<SyncView | null> {
    const deadline = Date.now() + seconds * 1_000;
    // The request itself counts as destroyed once its body was read; only the socket tells whether the caller is there.
    while (Date.now() < deadline && !request.raw.socket.destroyed) {
      const run = await this.get(id, caller, request).catch((error: unknown) => {
        if (error instanceof RpcProblem && NOT_YET.has(error.code)) return null;
        throw error;
      });
      if (run && run.status !== 'pending') return run;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return null;
  }
}
