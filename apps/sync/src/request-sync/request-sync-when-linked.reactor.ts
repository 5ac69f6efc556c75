import { connection, type ConnectionEvent } from '#domain';
import { DomainError, type RecordedEvent } from '#kernel';
import type { Reactor } from '#read-model';
import type { CommandBus } from '@nestjs/cqrs';
import { RequestSyncOf, type RequestSyncResult } from './request-sync.command.js';

/** The first sync of a connection begins by itself as soon as a bank is linked. */
export class RequestSyncWhenLinkedReactor {
  readonly name = 'request_sync_when_linked';
  readonly #commands: CommandBus;

  constructor(commands: CommandBus) {
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
    if (event.type !== 'ConnectionLinked') return;
    try {
      const command = new RequestSyncOf(event.data.connectionId, 'link', [recorded.id]);
      await this.#commands.execute<RequestSyncOf, RequestSyncResult>(command);
    } catch (error) {
      // Disconnected again before we got here: there is nothing to synchronise.
      if (!(error instanceof DomainError)) throw error;
    }
  }
}
