import { knownConnection } from '#service';
import type { OpenConnectionRpc } from '#contracts';
import { connection, type ConnectionEvent, type OpenConnection } from '#domain';
import { derivedId, runDecider } from '#event-store';
import { DomainError, streamOf } from '#kernel';
import { type ConnectionSnapshot, type ProviderAccess, ProviderError } from '#providers';
import { asSealed } from '#vault';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Logger } from '@nestjs/common';
import { confirmLink, sharingAccount } from '../confirm-link.js';
import { ConnectionsDeps } from '../connections-deps.js';
import { startLinkFor } from '../link-session.js';
import { OpenConnectionFor, type OpenedConnection } from './open-connection.command.js';

interface Confirmed {
  readonly access: ProviderAccess;
  readonly snapshot: ConnectionSnapshot;
}

@CommandHandler(OpenConnectionFor)
export class OpenConnectionHandler implements ICommandHandler<OpenConnectionFor, OpenedConnection> {
  readonly #logger = new Logger('OpenConnection');
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  async execute({ request }: OpenConnectionFor): Promise<OpenedConnection> {
    if (request.scope !== null && request.scope !== request.tenantId) {
      throw new DomainError('tenant.forbidden', 'This API key belongs to another tenant.');
    }
    const provider = this.#deps.provider(request.provider);
    const { tenantId, accountId, iban } = request;
    const logId = await this.#deps.store.logId();
    const connectionId = derivedId('connection', logId, tenantId, accountId, iban);
    const known = await this.#openedBefore(connectionId, request.commandId);
    const confirmed = request.credentials ? await this.#confirm(request) : null;
    const opened = known ?? (await this.#open(connectionId, request));
    if (confirmed) {
      const { position } = await confirmLink(this.#deps, {
        connectionId,
        tenantId,
        by: 'credentials',
        shown: [],
        ...confirmed,
      });
      return { connectionId, link: null, position };
    }
    try {
      const link = await startLinkFor(this.#deps, await knownConnection(this.#deps, connectionId, null));
      return { connectionId, link, position: link.position };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      this.#logger.warn(
        `${provider.name} made no link page (${error.code}); the connection is open without one.`,
      );
      return { connectionId, link: null, position: opened.position };
    }
  }

  /** A repeat of the very command that opened the connection finds its own work; any other open is refused. */
  async #openedBefore(connectionId: string, commandId: string): Promise<{ position: bigint } | null> {
    let last: { readonly commandId: string; readonly position: bigint } | null = null;
    for await (const recorded of this.#deps.store.readStream(streamOf(connection.category, connectionId))) {
      const { type } = recorded as { type: ConnectionEvent['type'] };
      if (type === 'ConnectionOpened') {
        last = { commandId: recorded.metadata.commandId, position: recorded.position };
      }
      if (type === 'ConnectionDisconnected') last = null;
    }
    if (last && last.commandId !== commandId) {
      throw new DomainError(
        'connection.already-exists',
        'This tenant, account and IBAN have a connection already.',
        { connectionId },
      );
    }
    return last;
  }

  async #open(connectionId: string, request: OpenConnectionRpc): Promise<{ position: bigint | null }> {
    const { tenantId, companyId, accountId, institutionId, iban, provider } = request;
    const { syncEnabled, syncDaysBack, commandId } = request;
    const command: OpenConnection = {
      type: 'OpenConnection',
      connectionId,
      tenantId,
      companyId,
      accountId,
      institutionId,
      iban,
      provider,
      syncEnabled,
      syncDaysBack,
      now: this.#deps.clock.now(),
    };
    const metadata = this.#deps.metadata(tenantId, commandId);
    return runDecider(this.#deps, connection, connectionId, command, { metadata });
  }

  /** Credentials are proved before anything is written. */
  async #confirm({ provider, credentials, iban }: OpenConnectionRpc): Promise<Confirmed> {
    const wanted = credentials?.providerConnectionId ?? null;
    const given: ProviderAccess = {
      accessToken: this.#deps.vault.open(asSealed(credentials?.sealedAccessToken ?? '')).reveal(),
      providerUserId: credentials?.providerUserId ?? '',
      providerConnectionId: wanted,
    };
    const snapshots = await this.#snapshots(provider, given);
    const candidates = snapshots.filter((each) => wanted === null || each.providerConnectionId === wanted);
    const snapshot = sharingAccount(candidates, iban);
    if (!snapshot) {
      throw new DomainError(
        'credentials.account-not-found',
        'The provider knows these credentials, but shares no account with this IBAN through them.',
      );
    }
    const { providerConnectionId, providerUserId } = snapshot;
    return {
      snapshot,
      access: {
        ...given,
        providerConnectionId,
        providerUserId: credentials?.providerUserId ?? providerUserId ?? '',
      },
    };
  }

  async #snapshots(provider: OpenConnectionRpc['provider'], access: ProviderAccess) {
    try {
      return await this.#deps.provider(provider).listConnections(access);
    } catch (error) {
      if (error instanceof ProviderError && error.code.endsWith('.token-refused')) {
        throw new DomainError('credentials.refused', 'The provider does not accept this access token.');
      }
      throw error;
    }
  }
}
