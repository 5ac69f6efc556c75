import { GetSyncRpc, type Page, RPC_SUBJECTS, SyncHistoryRpc, type SyncView } from '#contracts';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Answers, seeOwnWrites, knownConnection } from '#service';
import { SyncDeps } from '../sync-deps.js';
import { SYNC_HISTORY } from './sync-history.projection.js';
import { syncById, syncHistory } from './sync-history.query.js';

@Controller()
export class SyncHistoryController {
  readonly #deps: SyncDeps;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  @Answers(RPC_SUBJECTS.syncHistory)
  async onHistory(@Payload() message: SyncHistoryRpc): Promise<Page<SyncView>> {
    await knownConnection(this.#deps, message.connectionId, message.scope);
    await seeOwnWrites(this.#deps.db, SYNC_HISTORY, message.minPosition);
    return syncHistory(this.#deps.db, message);
  }

  @Answers(RPC_SUBJECTS.getSync)
  async onGet(@Payload() message: GetSyncRpc): Promise<SyncView> {
    await seeOwnWrites(this.#deps.db, SYNC_HISTORY, message.minPosition);
    return syncById(this.#deps.db, message.id, message.scope);
  }
}
