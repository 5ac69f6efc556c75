import { connection, type ConnectionEvent, type ConnectionState } from '#domain';
import { streamOf } from '#kernel';
import { PermanentFailure } from '#messaging';
import { ProviderError } from '#providers';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConnectionsDeps } from '../connections-deps.js';
import { openAccess } from '../link-session.js';
import { DisconnectAtProvider } from './disconnect-at-provider.command.js';

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
    const state = await this.#stateAt(connectionId, revision);
    if (state.status === 'none' || !state.access?.providerConnectionId) return;
    try {
      await this.#deps.provider(state.opened.provider).disconnect(openAccess(this.#deps, state.access));
    } catch (error) {
      if (!(error instanceof ProviderError) || isPassing(error)) throw error;
      throw new PermanentFailure(
        `Connection ${connectionId} is disconnected here but not at ${state.opened.provider} (${error.code}): end it in the provider's console.`,
        { cause: error },
      );
    }
  }

  /** The connection as it was at that event: it may have been opened anew since. */
  async #stateAt(connectionId: string, revision: bigint): Promise<ConnectionState> {
    const stream = streamOf(connection.category, connectionId);
    const options = { maxCount: Number(revision) + 1 };
    let state: ConnectionState = connection.initialState;
    for await (const { type, data } of this.#deps.store.readStream(stream, options)) {
      state = connection.evolve(state, { type, data } as ConnectionEvent);
    }
    return state;
  }
}
