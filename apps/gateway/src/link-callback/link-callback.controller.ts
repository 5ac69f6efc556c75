import { type CompletedLinkReply, RPC_SUBJECTS } from '#contracts';
import { DomainError } from '#kernel';
import { RpcProblem } from '#messaging';
import { statusOfCode } from '#platform';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../api-key.guard.js';
import { callerLanguage } from '../caller-language.js';
import { GatewayDeps } from '../gateway-deps.js';
import { STATUSES } from '../statuses.js';
import { type CallbackPage, callbackPage } from './callback-page.js';
import { tellCompletedLink } from './tell-completed-link.js';

const PROVIDER_TIMEOUT_MS = 60_000;

/** One text per parameter: what came twice counts as it came first. */
const textsOf = (query: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => {
      const text: unknown = Array.isArray(value) ? value[0] : value;
      return typeof text === 'string' ? [[name, text]] : [];
    }),
  );

const wantsPage = (request: FastifyRequest): boolean =>
  request.headers.accept?.includes('text/html') ?? false;

@ApiTags('links')
@Controller('v1/link')
export class LinkCallbackController {
  readonly #deps: GatewayDeps;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
  }

  /** Where the provider sends the browser back. The single-use `state` is the key. */
  @Public()
  @ApiQuery({ name: 'state', type: String })
  @Get('callback')
  async callback(
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const parameters = textsOf(query);
    try {
      const completed = await this.#complete(parameters);
      if (wantsPage(request)) await show(reply, 200, completed.outcome);
      else await answer(request, reply, completed);
    } catch (error) {
      if (!wantsPage(request) || !(error instanceof RpcProblem || error instanceof DomainError)) throw error;
      await show(reply, statusOfCode(error.code, STATUSES), 'failed');
    }
  }

  #complete(parameters: Record<string, string>): Promise<CompletedLinkReply> {
    const { state } = parameters;
    if (!state) throw new DomainError('link.unknown-state', 'The state is missing. Ask for a fresh link.');
    const timeout = { timeoutMs: PROVIDER_TIMEOUT_MS };
    return this.#deps.rpc.request<CompletedLinkReply>(
      RPC_SUBJECTS.completeLink,
      { state, parameters },
      timeout,
    );
  }
}

const answer = async (
  request: FastifyRequest,
  reply: FastifyReply,
  completed: CompletedLinkReply,
): Promise<void> => {
  const language = callerLanguage(request.headers['accept-language']);
  const { connectionId, outcome, status, code, otherLinks } = completed;
  const message = tellCompletedLink(completed, language);
  await reply
    .status(200)
    .header('content-language', language)
    .header('vary', 'accept-language')
    .send({ connectionId, outcome, status, code, message, otherLinks });
};

const show = async (reply: FastifyReply, status: number, page: CallbackPage): Promise<void> => {
  await reply
    .status(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
    .header('referrer-policy', 'no-referrer')
    .send(callbackPage(page));
};
