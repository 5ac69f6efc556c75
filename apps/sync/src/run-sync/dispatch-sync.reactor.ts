import { COMMAND_SUBJECTS, type RunSyncMessage } from '#contracts';
import { sync, type SyncEvent } from '#domain';
import type { RecordedEvent } from '#kernel';
import type { CommandPublisher } from '#messaging';
import type { Reactor } from '#read-model';

const mayStart = (event: SyncEvent): boolean =>
  (event.type === 'SyncRequested' && event.data.notBefore === null) ||
  (event.type === 'SyncJoined' && event.data.endsWait);

/** Every run that may start at once becomes a durable command for the workers; the others are dispatched when their time comes. */
export class DispatchSyncReactor {
  readonly name = 'dispatch_sync';
  readonly #commands: CommandPublisher;

  constructor(commands: CommandPublisher) {
    this.#commands = commands;
  }

  get reactor(): Reactor {
    return { name: this.name, streamPrefixes: [`${sync.category}-`], react: (event) => this.react(event) };
  }

  async react(recorded: RecordedEvent): Promise<void> {
    const event = { type: recorded.type, data: recorded.data } as SyncEvent;
    if (!mayStart(event)) return;
    const { connectionId, syncId } = event.data;
    const message: RunSyncMessage = { connectionId, syncId };
    await this.#commands.publish(COMMAND_SUBJECTS.runSync, message, { msgId: recorded.id });
  }
}
