import { connection, type ConnectionEvent, type ConnectionState } from '#domain';
import type { RecordedEvent } from '#kernel';
import { ProviderError } from '#providers';
import type { Reactor } from '#read-model';
import { Logger } from '@nestjs/common';
import type { ConnectionsDeps } from '../connections-deps.js';
import { openAccess } from '../link-session.js';

/** What the caller disconnects here ends at the provider too; a provider that does not answer is asked again. */
export class DisconnectAtProviderReactor {
  readonly name = 'disconnect_at_provider';
  readonly #logger = new Logger('DisconnectAtProvider');
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  get reactor(): Reactor {
    return {
      name: this.name,
      streamPrefixes: [`${connection.category}-`],
      react: (event) => this.react(event),
    };
  }

  async react(recorded: RecordedEvent): Promise<void> {
    const event = { type: recorded.type, data: recorded.data } as ConnectionEvent;
    if (event.type !== 'ConnectionDisconnected' || event.data.by !== 'caller') return;
    const state = await this.#stateAt(recorded);
    if (state.status === 'none' || !state.access?.providerConnectionId) return;
    try {
      await this.#deps.provider(state.opened.provider).disconnect(openAccess(this.#deps, state.access));
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind === 'retry' || error.kind === 'retry-after')
        throw error;
      this.#logger.error(
        `Connection ${state.connectionId} is disconnected here but not at ${state.opened.provider} (${error.code}): end it in the provider's console.`,
      );
    }
  }

  /** The connection as it was at that event: it may have been opened anew since. */
  async #stateAt({ stream, revision }: RecordedEvent): Promise<ConnectionState> {
    let state: ConnectionState = connection.initialState;
    for await (const { type, data } of this.#deps.store.readStream(stream, {
      maxCount: Number(revision) + 1,
    })) {
      state = connection.evolve(state, { type, data } as ConnectionEvent);
    }
    return state;
  }
}
