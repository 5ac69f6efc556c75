import { COMMAND_SUBJECTS, type RunSyncMessage } from '#contracts';
import type { SyncDeps } from '../sync-deps.js';

interface WaitingRun {
  readonly sync_id: string;
  readonly connection_id: string;
}

const BATCH = 500;

/**
 * Dispatches the runs whose time has come. What waits is in the log and in the history, in no timer: a copy that stops
 * takes nothing with it. Harmless on any number of replicas; the queue drops most of the doubles, the decider all.
 */
export class DispatchWaitingRunsJob {
  readonly #deps: SyncDeps;
  #dispatched: ReadonlySet<string> = new Set();

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  async dispatchDue(): Promise<void> {
    const { db, clock, commands } = this.#deps;
    const due = await db.query<WaitingRun>(
      `SELECT sync_id, connection_id FROM sync_history.runs WHERE waits AND opened_at <= $1
       ORDER BY opened_at LIMIT ${BATCH}`,
      [clock.now()],
    );
    // One that is still listed has not started yet: the sweeper looks after those that stay so for long.
    const news = due.filter(({ sync_id }) => !this.#dispatched.has(sync_id));
    await Promise.all(
      news.map(({ sync_id: syncId, connection_id: connectionId }) => {
        const message: RunSyncMessage = { connectionId, syncId };
        return commands.publish(COMMAND_SUBJECTS.runSync, message, { msgId: `${syncId}~due` });
      }),
    );
    this.#dispatched = new Set(due.map(({ sync_id }) => sync_id));
  }
}
