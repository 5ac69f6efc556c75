import { type ConnectionReply, ConnectionRpc, type ConnectionView, RPC_SUBJECTS } from '#contracts';
import { Answers } from '#service';
import { Controller } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { GetConnection } from '../queries.js';
import { DisconnectConnection, type DisconnectedConnection } from './disconnect-connection.command.js';

@Controller()
export class DisconnectConnectionController {
  readonly #commands: CommandBus;
  readonly #queries: QueryBus;

  constructor(commands: CommandBus, queries: QueryBus) {
    this.#commands = commands;
    this.#queries = queries;
  }

  @Answers(RPC_SUBJECTS.disconnect)
  async onRequest(@Payload() { connectionId, scope }: ConnectionRpc): Promise<ConnectionReply> {
    const { position } = await this.#commands.execute<DisconnectConnection, DisconnectedConnection>(
      new DisconnectConnection(connectionId, scope),
    );
    const connection = await this.#queries.execute<GetConnection, ConnectionView>(
      new GetConnection(connectionId, scope, position),
    );
    return { connection, position: position === null ? null : String(position) };
  }
}
