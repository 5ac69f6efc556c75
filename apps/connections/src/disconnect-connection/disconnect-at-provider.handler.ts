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
import { type LinkToEnd, linkToEnd } from './link-to-end.js';

type Ended = Exclude<ConnectionState, { status: 'none' }>;
type Open = LinkAtProvider & { readonly sealedToken: string };

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
    const toEnd = await this.#toEndAt(connectionId, revision);
    if (!toEnd) return;
    const { link } = toEnd;
    const { state: now } = await fold(this.#deps, connection, connectionId);
    const open = now.status === 'none' ? undefined : now.endings?.find((each) => isSameLink(each, link));
    if (now.status === 'none' || !open) return;
    const user = await this.#endAndSay(now, open, toEnd);
    await this.#decide(now, { type: 'ConfirmEnd', ...link, user, now: this.#deps.clock.now() });
  }

  async #endAndSay(now: Ended, open: Open, toEnd: LinkToEnd): Promise<UserAtProvider> {
    try {
      return await this.#end(now, open, toEnd);
    } catch (error) {
      if (!(error instanceof ProviderError) || isPassing(error)) throw error;
      const { link } = toEnd;
      const { code } = error;
      await this.#decide(now, { type: 'RefuseEnd', ...link, code, now: this.#deps.clock.now() });
      throw this.#permanent(now, error);
    }
  }

  /** A link that was given to us again meanwhile is in use: it stays. */
  async #end(
    { status, access: current, opened }: Ended,
    { sealedToken }: Open,
    { link, isOwnUser, isWanted }: LinkToEnd,
  ): Promise<UserAtProvider> {
    if (status === 'linked' && current && isSameLink(current, link)) return 'kept';
    const provider: BankProvider = this.#deps.provider(opened.provider);
    const access = openAccess(this.#deps, { ...link, sealedToken });
    if (isWanted && link.providerConnectionId !== null) await provider.disconnect(access);
    if (!isOwnUser) return 'kept';
    return provider.endUser(access, isWanted ? 'end' : 'spare');
  }

  #permanent({ connectionId, opened }: Ended, cause: ProviderError): PermanentFailure {
    return new PermanentFailure(
      `What connection ${connectionId} needs no more was not ended at ${opened.provider} (${cause.code}): end it in the provider's console.`,
      { cause },
    );
  }

  async #decide({ connectionId, tenantId }: Ended, command: ConnectionCommand): Promise<void> {
    const metadata = this.#deps.metadata(tenantId);
    await runDecider(this.#deps, connection, connectionId, command, { metadata });
  }

  /** As of that event: the connection may have been opened anew since. */
  async #toEndAt(connectionId: string, revision: bigint): Promise<LinkToEnd | null> {
    const stream = streamOf(connection.category, connectionId);
    const only = { from: revision, maxCount: 1 };
    for await (const { type, data } of this.#deps.store.readStream(stream, only)) {
      return linkToEnd({ type, data } as ConnectionEvent);
    }
    return null;
  }
}
