import { TENANT_ID } from '#contracts';
import { DomainError } from '#kernel';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerOf } from '../api-key.guard.js';
import { callerLanguage } from '../caller-language.js';
import type { Caller } from '../callers.js';
import { GatewayDeps } from '../gateway-deps.js';
import { LiveEventsRequest } from './live-events.request.js';
import { streamEvents } from './stream-events.js';

const SEQUENCE = /^\d{1,15}$/;

@ApiTags('events')
@ApiBearerAuth()
@Controller('v1/events')
export class LiveEventsController {
  readonly #deps: GatewayDeps;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
  }

  /** The public events, live, as server-sent events; resumes after `Last-Event-ID`. An admin may name one tenant. */
  @ApiProduces('text/event-stream')
  @Get()
  async follow(
    @Query() { tenantId }: LiveEventsRequest,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (caller.scope !== null && tenantId !== undefined && tenantId !== caller.scope) {
      throw new DomainError('tenant.forbidden', 'This API key belongs to another tenant.');
    }
    const tenant = caller.scope ?? tenantId ?? '*';
    if (tenant !== '*' && !TENANT_ID.test(tenant)) {
      throw new DomainError('request.invalid', 'This is no tenant id.');
    }
    const { tail, stopping } = this.#deps;
    const language = callerLanguage(request.headers['accept-language']);
    await streamEvents(reply, stopping, language, (signal) =>
      tail.tail({ tenantId: tenant, afterSequence: lastSequence(request), signal }),
    );
  }
}

const lastSequence = (request: FastifyRequest): number | null => {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && SEQUENCE.test(id) ? Number(id) : null;
};
