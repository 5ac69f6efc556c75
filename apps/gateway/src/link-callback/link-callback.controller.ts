import { type CompletedLinkReply, RPC_SUBJECTS } from '#contracts';
import { DomainError } from '#kernel';
import { problemOf } from '#platform';
import { Controller, Get, Logger, Query, Req, Res } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../api-key.guard.js';
import { callerLanguage } from '../caller-language.js';
import { GatewayDeps } from '../gateway-deps.js';
import { STATUSES } from '../statuses.js';
import { type CallbackPage, callbackPage, pageOfProblem } from './callback-page.js';
import { tellCompletedLink } from './tell-completed-link.js';

const PROVIDER_TIMEOUT_MS = 60_000;
const UNEXPECTED = { status: 500, code: 'internal' };

const logger = new Logger('LinkCallback');

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
      if (wantsPage(request)) await show(request, reply, { status: 200, page: completed.outcome });
      else await answer(request, reply, completed);
    } catch (error) {
      if (!wantsPage(request)) throw error;
      const { status, code } = problemOf(error, STATUSES) ?? UNEXPECTED;
      if (status >= 500) logger.error(error);
      await show(request, reply, { status, page: pageOfProblem({ status, code }) });
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

const NOTHING_RUNS =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const show = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { status, page }: { readonly status: number; readonly page: CallbackPage },
): Promise<void> => {
  const language = callerLanguage(request.headers['accept-language']);
  await reply
    .status(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-language', language)
    .header('vary', 'accept, accept-language')
    .header('cache-control', 'no-store')
    .header('content-security-policy', NOTHING_RUNS)
    .header('referrer-policy', 'no-referrer')
    .send(callbackPage(page, language));
};
