import type { ConnectionView } from '#contracts';
import { seeOwnWrites } from '#service';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { ConnectionsDeps } from '../connections-deps.js';
import { GetConnection } from '../queries.js';
import { CONNECTION_STATUS } from './connection-status.projection.js';
import { connectionById } from './connection-status.query.js';

@QueryHandler(GetConnection)
export class GetConnectionHandler implements IQueryHandler<GetConnection, ConnectionView> {
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  async execute({ connectionId, scope, minPosition }: GetConnection): Promise<ConnectionView> {
    await seeOwnWrites(this.#deps.db, CONNECTION_STATUS, minPosition);
    return connectionById(this.#deps.db, connectionId, scope);
  }
}
