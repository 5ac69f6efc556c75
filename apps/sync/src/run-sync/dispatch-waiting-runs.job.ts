import { COMMAND_SUBJECTS, type RunSyncMessage } from '#contracts';
import type { SyncDeps } from '../sync-deps.js';

interface WaitingRun {
  readonly sync_id: string;
  readonly connection_id: string;
}

const BATCH = 500;

/** From this share of its time on, the process has its hands full. */
const BUSY = 0.5;
/** How many may be in the queue or taken at the same look at a time: nobody waits for them, and they must not fill it for others. */
const AT_ONCE = 25;
const AT_ONCE_WHILE_BUSY = 2;
/** One that has not started by then is held up by something else, and must hold up no others. */
const IN_QUEUE_MS = 5_000;

/**
 * Dispatches the runs whose time has come, few at a time while the process is busy: webhooks that come without end ask for
 * runs without end, and what answers webhooks and people goes first. One that has waited for long the sweeper dispatches all the same. What waits is in the log and in the history, in no timer: a copy that stops
 * takes nothing with it. Harmless on any number of replicas; the queue drops most of the doubles, the decider all.
 */
export class DispatchWaitingRunsJob {
  readonly #deps: SyncDeps;
  readonly #busyShare: () => number;
  /** When each that is listed still was dispatched, in ms. */
  #dispatched: ReadonlyMap<string, number> = new Map();

  /** @param busyShare how much of its time the process was at work since this was last asked, 0 to 1 */
  constructor(deps: SyncDeps, busyShare: () => number) {
    this.#deps = deps;
    this.#busyShare = busyShare;
  }

  async dispatchDue(): Promise<void> {
    const { db, clock, commands } = this.#deps;
    const due = await db.query<WaitingRun>(
      `SELECT sync_id, connection_id FROM sync_history.runs WHERE waits AND opened_at <= $1
       ORDER BY opened_at LIMIT ${BATCH}`,
      [clock.now()],
    );
    // One that is still listed has not started yet: the sweeper looks after those that stay so for long.
    const now = Date.parse(clock.now());
    const listed = new Map(due.flatMap(({ sync_id }) => this.#entryOf(sync_id)));
    const queued = [...listed.values()].filter((at) => now - at < IN_QUEUE_MS).length;
    const atOnce = this.#busyShare() >= BUSY ? AT_ONCE_WHILE_BUSY : AT_ONCE;
    const news = due.filter(({ sync_id }) => !listed.has(sync_id)).slice(0, Math.max(0, atOnce - queued));
    await Promise.all(
      news.map(({ sync_id: syncId, connection_id: connectionId }) => {
        const message: RunSyncMessage = { connectionId, syncId };
        return commands.publish(COMMAND_SUBJECTS.runSync, message, { msgId: `${syncId}~due` });
      }),
    );
    this.#dispatched = new Map([...listed, ...news.map(({ sync_id }) => [sync_id, now] as const)]);
  }

  #entryOf(syncId: string): readonly (readonly [string, number])[] {
    const at = this.#dispatched.get(syncId);
    return at === undefined ? [] : [[syncId, at]];
  }
}
