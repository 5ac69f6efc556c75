import {
  connection,
  type ConnectionCommand,
  type ConnectionEvent,
  type ConnectionState,
  isSameLink,
  type LinkAtProvider,
  type UserAtProvider,
} from '#domain';
import { fold, runDecider } from '#event-store';
import { streamOf } from '#kernel';
import { PermanentFailure } from '#messaging';
import { type BankProvider, ProviderError } from '#providers';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConnectionsDeps } from '../connections-deps.js';
import { openAccess } from '../link-session.js';
import { DisconnectAtProvider } from './disconnect-at-provider.command.js';

type Ended = Exclude<ConnectionState, { status: 'none' }>;
type Disconnection = Extract<ConnectionEvent, { type: 'ConnectionDisconnected' }>['data'];

const isPassing = (error: unknown): boolean =>
  error instanceof ProviderError && (error.kind === 'retry' || error.kind === 'retry-after');

/** A provider that does not answer, a key or credentials that are missing: tried again, then a dead letter to send again. */
@CommandHandler(DisconnectAtProvider)
export class DisconnectAtProviderHandler implements ICommandHandler<DisconnectAtProvider> {
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  async execute({ connectionId, revision }: DisconnectAtProvider): Promise<void> {
    const disconnection = await this.#disconnectionAt(connectionId, revision);
    const ending = disconnection?.ending;
    if (!ending) return;
    const { state: now } = await fold(this.#deps, connection, connectionId);
    const open = now.status === 'none' ? undefined : now.endings?.find((each) => isSameLink(each, ending));
    if (now.status === 'none' || !open) return;
    const user = await this.#endAndSay(now, open, disconnection);
    const { providerUserId, providerConnectionId } = ending;
    const end = { providerUserId, providerConnectionId, now: this.#deps.clock.now() };
    await this.#decide(now, { type: 'ConfirmEnd', ...end, user });
  }

  async #endAndSay(
    now: Ended,
    open: LinkAtProvider & { readonly sealedToken: string },
    disconnection: Disconnection,
  ): Promise<UserAtProvider> {
    try {
      return await this.#end(now, open, disconnection);
    } catch (error) {
      if (!(error instanceof ProviderError) || isPassing(error)) throw error;
      const { providerUserId, providerConnectionId } = open;
      const link = { providerUserId, providerConnectionId };
      const { code } = error;
      await this.#decide(now, { type: 'RefuseEnd', ...link, code, now: this.#deps.clock.now() });
      throw this.#permanent(now, error);
    }
  }

  /** A link that was given to us again meanwhile is in use: it stays. */
  async #end(
    { status, access: current, opened }: Ended,
    { providerUserId, providerConnectionId, sealedToken }: LinkAtProvider & { readonly sealedToken: string },
    { by, ending }: Disconnection,
  ): Promise<UserAtProvider> {
    const link = { providerUserId, providerConnectionId };
    if (status === 'linked' && current && isSameLink(current, link)) return 'kept';
    const provider: BankProvider = this.#deps.provider(opened.provider);
    const access = openAccess(this.#deps, { ...link, sealedToken });
    if (by === 'caller' && providerConnectionId !== null) await provider.disconnect(access);
    if (!ending?.isOwnUser) return 'kept';
    return provider.endUser(access, by === 'caller' ? 'end' : 'spare');
  }

  #permanent({ connectionId, opened }: Ended, cause: ProviderError): PermanentFailure {
    return new PermanentFailure(
      `Connection ${connectionId} is disconnected here but not at ${opened.provider} (${cause.code}): end it in the provider's console.`,
      { cause },
    );
  }

  async #decide({ connectionId, tenantId }: Ended, command: ConnectionCommand): Promise<void> {
    const metadata = this.#deps.metadata(tenantId);
    await runDecider(this.#deps, connection, connectionId, command, { metadata });
  }

  /** The connection may have been opened anew since. */
  async #disconnectionAt(connectionId: string, revision: bigint): Promise<Disconnection | null> {
    const stream = streamOf(connection.category, connectionId);
    for await (const { type, data } of this.#deps.store.readStream(stream, {
      from: revision,
      maxCount: 1,
    })) {
      const event = { type, data } as ConnectionEvent;
      if (event.type === 'ConnectionDisconnected') return event.data;
    }
    return null;
  }
}
