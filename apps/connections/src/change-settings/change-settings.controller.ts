import { ChangeSettingsRpc, type ConnectionReply, type ConnectionView, RPC_SUBJECTS } from '#contracts';
import { Answers } from '#service';
import { Controller } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { GetConnection } from '../queries.js';
import { type ChangedSettings, ChangeSettingsOf } from './change-settings.command.js';

@Controller()
export class ChangeSettingsController {
  readonly #commands: CommandBus;
  readonly #queries: QueryBus;

  constructor(commands: CommandBus, queries: QueryBus) {
    this.#commands = commands;
    this.#queries = queries;
  }

  @Answers(RPC_SUBJECTS.changeSettings)
  async onRequest(@Payload() message: ChangeSettingsRpc): Promise<ConnectionReply> {
    const { connectionId, scope, syncEnabled, syncDaysBack } = message;
    const { position } = await this.#commands.execute<ChangeSettingsOf, ChangedSettings>(
      new ChangeSettingsOf(connectionId, scope, { syncEnabled, syncDaysBack }),
    );
    const connection = await this.#queries.execute<GetConnection, ConnectionView>(
      new GetConnection(connectionId, scope, position),
    );
    return { connection, position: position === null ? null : String(position) };
  }
}
