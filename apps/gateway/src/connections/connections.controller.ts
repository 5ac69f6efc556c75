import {
  BankAccountsView, BankAccountView, type ConnectionPageView, type ConnectionReply, ConnectionView, type DecidedAccountReply, type LinkReply, LinkSessionView, type OpenedConnectionReply,
  type Page, RPC_SUBJECTS,
} from '#contracts'; // prettier-ignore
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerOf } from '../api-key.guard.js';
import type { Caller } from '../callers.js';
import { GatewayDeps } from '../gateway-deps.js';
import { callId } from '../idempotency.js';
import { InCallersLanguage } from '../in-callers-language.js';
import { idempotencyKey } from '../request-headers.js';
import { ChangeSettingsRequest } from './change-settings.request.js';
import { DecideOnAccountRequest } from './decide-on-account.request.js';
import { decisionOf } from './decision.js';
import { checkedIban } from './iban.js';
import { ListConnectionsRequest } from './list-connections.request.js';
import { OpenConnectionRequest } from './open-connection.request.js';
import { tellAccount, tellAccounts } from './tell-account.js';
import { tellConnection, tellConnections } from './tell-connection.js';

/** Making a link page asks the provider, which takes its time. */
const PROVIDER_TIMEOUT_MS = 60_000;

@ApiTags('connections')
@ApiBearerAuth()
@Controller('v1/connections')
export class ConnectionsController {
  readonly #deps: GatewayDeps;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
  }

  /** Open a connection: `pending` with a `linkUrl`, or `active` at once with `credentials`. */
  @InCallersLanguage(tellConnection)
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @Post()
  async open(
    @Body() body: OpenConnectionRequest,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectionView> {
    const { credentials, ...settings } = body;
    const message = { ...settings, iban: checkedIban(body.iban, this.#deps.sandbox), scope: caller.scope };
    const key = idempotencyKey(request);
    const commandId = callId(caller, 'open-connection', key);
    const sealed = credentials && {
      sealedAccessToken: this.#deps.vault.seal(credentials.accessToken),
      providerUserId: credentials.providerUserId ?? null,
      providerConnectionId: credentials.providerConnectionId ?? null,
    };
    const answer = await this.#deps.idempotency.once(
      caller,
      key,
      { open: message, credentials: credentials ?? null },
      async () => {
        const opened = await this.#deps.rpc.request<OpenedConnectionReply>(
          RPC_SUBJECTS.openConnection,
          { ...message, credentials: sealed ?? null, commandId },
          { timeoutMs: PROVIDER_TIMEOUT_MS },
        );
        this.#deps.ownWrites.wrote(caller, reply, opened.position);
        const { connection, linkUrl } = opened;
        return { status: 201, body: linkUrl === null ? connection : { ...connection, linkUrl } };
      },
    );
    void reply.status(answer.status).header('location', `/v1/connections/${answer.body.id}`);
    return answer.body;
  }

  @InCallersLanguage(tellConnections)
  @Get()
  list(
    @Query() query: ListConnectionsRequest,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<ConnectionPageView> {
    const minPosition = this.#deps.ownWrites.minPosition(caller, request);
    const message = { ...query, scope: caller.scope, minPosition };
    return this.#deps.rpc.request<Page<ConnectionView> & ConnectionPageView>(
      RPC_SUBJECTS.listConnections,
      message,
    );
  }

  @InCallersLanguage(tellConnection)
  @Get(':id')
  get(
    @Param('id') connectionId: string,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<ConnectionView> {
    const minPosition = this.#deps.ownWrites.minPosition(caller, request);
    const message = { connectionId, scope: caller.scope, minPosition };
    return this.#deps.rpc.request<ConnectionView>(RPC_SUBJECTS.getConnection, message);
  }

  @InCallersLanguage(tellConnection)
  @Patch(':id')
  async changeSettings(
    @Param('id') connectionId: string,
    @Body() body: ChangeSettingsRequest,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectionView> {
    const message = { connectionId, ...body, scope: caller.scope };
    const changed = await this.#deps.rpc.request<ConnectionReply>(RPC_SUBJECTS.changeSettings, message);
    this.#deps.ownWrites.wrote(caller, reply, changed.position);
    return changed.connection;
  }

  /** All bank accounts that the connection knows of, and what is done with each. */
  @InCallersLanguage(tellAccounts)
  @Get(':id/accounts')
  accounts(
    @Param('id') connectionId: string,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<BankAccountsView> {
    const minPosition = this.#deps.ownWrites.minPosition(caller, request);
    const message = { connectionId, scope: caller.scope, minPosition };
    return this.#deps.rpc.request<BankAccountsView>(RPC_SUBJECTS.listAccounts, message);
  }

  /** Track, ignore or map a bank account; the next sync imports what follows from it. */
  @InCallersLanguage(tellAccount)
  @Put(':id/accounts/:account')
  async decideOnAccount(
    @Param('id') connectionId: string,
    @Param('account') providerAccountId: string,
    @Body() body: DecideOnAccountRequest,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BankAccountView> {
    const message = { connectionId, providerAccountId, ...decisionOf(body), scope: caller.scope };
    const decided = await this.#deps.rpc.request<DecidedAccountReply>(RPC_SUBJECTS.decideOnAccount, message);
    this.#deps.ownWrites.wrote(caller, reply, decided.position);
    return decided.account;
  }

  /** A fresh page on which the account holder authorises or repairs the link. */
  @Post(':id/link')
  @HttpCode(200)
  async link(
    @Param('id') connectionId: string,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LinkSessionView> {
    const message = { connectionId, scope: caller.scope };
    const timeout = { timeoutMs: PROVIDER_TIMEOUT_MS };
    const link = await this.#deps.rpc.request<LinkReply>(RPC_SUBJECTS.startLink, message, timeout);
    this.#deps.ownWrites.wrote(caller, reply, link.position);
    return { linkUrl: link.linkUrl, expiresAt: link.expiresAt };
  }

  /** Disconnects here at once, and at the provider as soon as it answers; the transactions stay. */
  @InCallersLanguage(tellConnection)
  @Delete(':id')
  @HttpCode(202)
  async disconnect(
    @Param('id') connectionId: string,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectionView> {
    const message = { connectionId, scope: caller.scope };
    const done = await this.#deps.rpc.request<ConnectionReply>(RPC_SUBJECTS.disconnect, message);
    this.#deps.ownWrites.wrote(caller, reply, done.position);
    return done.connection;
  }
}
