import {
  type BankAccountsView, ConnectionRpc, type ConnectionView, ListConnectionsRpc, type Page, RPC_SUBJECTS,
} from '#contracts'; // prettier-ignore
import { Answers, seeOwnWrites } from '#service';
import { Controller } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Payload } from '@nestjs/microservices';
import { ConnectionsDeps } from '../connections-deps.js';
import { GetConnection } from '../queries.js';
import { CONNECTION_STATUS } from '../connection-rows.js';
import { accountsOfConnection, listConnections } from './connection-status.query.js';

@Controller()
export class ConnectionStatusController {
  readonly #deps: ConnectionsDeps;
  readonly #queries: QueryBus;

  constructor(deps: ConnectionsDeps, queries: QueryBus) {
    this.#deps = deps;
    this.#queries = queries;
  }

  @Answers(RPC_SUBJECTS.getConnection)
  onGet(@Payload() { connectionId, scope, minPosition }: ConnectionRpc): Promise<ConnectionView> {
    return this.#queries.execute<GetConnection, ConnectionView>(
      new GetConnection(connectionId, scope, minPosition ?? null),
    );
  }

  @Answers(RPC_SUBJECTS.listAccounts)
  async onListAccounts(
    @Payload() { connectionId, scope, minPosition }: ConnectionRpc,
  ): Promise<BankAccountsView> {
    await seeOwnWrites(this.#deps.db, CONNECTION_STATUS, minPosition);
    return accountsOfConnection(this.#deps.db, connectionId, scope);
  }

  @Answers(RPC_SUBJECTS.listConnections)
  async onList(@Payload() message: ListConnectionsRpc): Promise<Page<ConnectionView>> {
    await seeOwnWrites(this.#deps.db, CONNECTION_STATUS, message.minPosition);
    return listConnections(this.#deps.db, message, () => this.#deps.nextSync());
  }
}
