import { knownConnection } from '#service';
import { connection } from '#domain';
import { runDecider } from '#event-store';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConnectionsDeps } from '../connections-deps.js';
import { DisconnectConnection, type DisconnectedConnection } from './disconnect-connection.command.js';

@CommandHandler(DisconnectConnection)
export class DisconnectConnectionHandler implements ICommandHandler<
  DisconnectConnection,
  DisconnectedConnection
> {
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  async execute({ connectionId, scope }: DisconnectConnection): Promise<DisconnectedConnection> {
    const { tenantId } = await knownConnection(this.#deps, connectionId, scope);
    const command = { type: 'Disconnect' as const, by: 'caller' as const, now: this.#deps.clock.now() };
    return runDecider(this.#deps, connection, connectionId, command, {
      metadata: this.#deps.metadata(tenantId),
    });
  }
}
