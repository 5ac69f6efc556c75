import type { ConnectionView } from '#contracts';
import { DomainError } from '#kernel';
import { seeOwnWrites } from '#service';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { ConnectionsDeps } from '../connections-deps.js';
import { GetConnection } from '../queries.js';
import { CONNECTION_STATUS } from '../connection-rows.js';
import { connectionById } from './connection-status.query.js';

@QueryHandler(GetConnection)
export class GetConnectionHandler implements IQueryHandler<GetConnection, ConnectionView> {
  readonly #deps: ConnectionsDeps;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  async execute({ connectionId, scope, minPosition }: GetConnection): Promise<ConnectionView> {
    const isUpToDate = await seeOwnWrites(this.#deps.db, CONNECTION_STATUS, minPosition);
    try {
      return await connectionById(this.#deps.db, connectionId, scope, () => this.#deps.nextSync());
    } catch (error) {
      // "There is no such connection" would be a lie to somebody who has just opened it.
      if (isUpToDate || !(error instanceof DomainError)) throw error;
      throw new DomainError(
        'service.unavailable',
        'What was written is not readable yet. Try again shortly.',
      );
    }
  }
}
