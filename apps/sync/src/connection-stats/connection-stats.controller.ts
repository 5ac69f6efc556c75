import { ConnectionStatsRpc, type ConnectionStatsView, RPC_SUBJECTS } from '#contracts';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Answers, knownConnection, seeOwnWrites } from '#service';
import { SYNC_HISTORY } from '../history-rows.js';
import { SyncDeps } from '../sync-deps.js';
import { connectionStats } from './connection-stats.query.js';

@Controller()
export class ConnectionStatsController {
  readonly #deps: SyncDeps;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  @Answers(RPC_SUBJECTS.connectionStats)
  async onStats(@Payload() message: ConnectionStatsRpc): Promise<ConnectionStatsView> {
    const { connectionId, scope, minPosition, days } = message;
    await knownConnection(this.#deps, connectionId, scope);
    await seeOwnWrites(this.#deps.db, SYNC_HISTORY, minPosition);
    const { db, clock, policy } = this.#deps;
    return connectionStats(db, connectionId, { days, now: clock.now(), timeZone: policy.timeZone });
  }
}
