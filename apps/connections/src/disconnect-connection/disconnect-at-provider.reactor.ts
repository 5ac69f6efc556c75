import { COMMAND_SUBJECTS, type DisconnectAtProviderMessage } from '#contracts';
import { connection, type ConnectionEvent } from '#domain';
import type { RecordedEvent } from '#kernel';
import type { CommandPublisher } from '#messaging';
import type { Reactor } from '#read-model';
import { linkToEnd } from './link-to-end.js';

/** What ends here shall end at the provider too, down to the user that was made there for it: one durable command each, so that none holds up another. */
export class DisconnectAtProviderReactor {
  readonly name = 'disconnect_at_provider';
  readonly #commands: Pick<CommandPublisher, 'publish'>;

  constructor(commands: Pick<CommandPublisher, 'publish'>) {
    this.#commands = commands;
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
    if (linkToEnd(event) === null) return;
    const { connectionId } = event.data;
    const message: DisconnectAtProviderMessage = { connectionId, revision: String(recorded.revision) };
    await this.#commands.publish(COMMAND_SUBJECTS.disconnectAtProvider, message, { msgId: recorded.id });
  }
}
