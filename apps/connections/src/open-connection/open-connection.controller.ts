import { type ConnectionView, OpenConnectionRpc, type OpenedConnectionReply, RPC_SUBJECTS } from '#contracts';
import { Answers } from '#service';
import { Controller } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { GetConnection } from '../queries.js';
import { OpenConnectionFor, type OpenedConnection } from './open-connection.command.js';

@Controller()
export class OpenConnectionController {
  readonly #commands: CommandBus;
  readonly #queries: QueryBus;

  constructor(commands: CommandBus, queries: QueryBus) {
    this.#commands = commands;
    this.#queries = queries;
  }

  @Answers(RPC_SUBJECTS.openConnection)
  async onRequest(@Payload() message: OpenConnectionRpc): Promise<OpenedConnectionReply> {
    const opened = await this.#commands.execute<OpenConnectionFor, OpenedConnection>(
      new OpenConnectionFor(message),
    );
    const { connectionId, link, position } = opened;
    const connection = await this.#queries.execute<GetConnection, ConnectionView>(
      new GetConnection(connectionId, message.scope, position),
    );
    return {
      connection,
      linkUrl: link?.linkUrl ?? null,
      linkExpiresAt: link?.expiresAt ?? null,
      position: position === null ? null : String(position),
    };
  }
}
