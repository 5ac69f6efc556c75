import { COMMAND_SUBJECTS, problemText } from '#contracts';
import { connection, sync, trackedAccounts } from '#domain';
import { fold, runDecider } from '#event-store';
import { Failures } from '#kernel';
import { v7 } from 'uuid';
import type { PostponedRuns } from '../postponed-runs.js';
import { overdueBy, timedOut } from '../run-deadline.js';
import { runLock } from '../run-lock.js';
import { outcomeOf, writtenBy } from '../run-outcome.js';
import type { SyncDeps } from '../sync-deps.js';

interface OpenRunRow {
  readonly sync_id: string;
  readonly connection_id: string;
  /** From when on its time is counted. */
  readonly since: string;
}

/** A run younger than this was dispatched a moment ago. */
const LEAVE_ALONE_MS = 15_000;
/** A dispatched run may wait its turn behind others; it is not dispatched again before this. */
const DISPATCH_EVERY_MS = 60_000;
const BATCH = 200;
/** The clocks of two machines may differ so much: a worker whose lock was lost has ended its run by then. */
const CLOCK_DIFFERENCE_MS = 2_000;
/** A worker ends its run at the deadline; so long after it, it hangs. What it had asked for by then has been answered, or never will be. */
const HANGS_AFTER_MS = 60_000;

/**
 * Finds runs that are neither live nor ended: dispatches them again, and ends those that are past their deadline, which the
 * worker at work on one does itself: what it wrote until we had read it would be in no count.
 */
export class EndOverdueRunsJob {
  readonly #deps: SyncDeps;
  readonly #postponed: Pick<PostponedRuns, 'waiting'>;
  readonly #forgetPages: (syncId: string) => Promise<void>;
  #dispatched = new Map<string, number>();

  /** @param forgetPages drops what a run had staged; whoever still works on it notices */
  constructor(
    deps: SyncDeps,
    postponed: Pick<PostponedRuns, 'waiting'>,
    forgetPages: (syncId: string) => Promise<void>,
  ) {
    this.#deps = deps;
    this.#postponed = postponed;
    this.#forgetPages = forgetPages;
  }

  /** One look at all open runs. Harmless on any number of replicas. */
  async sweep(): Promise<void> {
    const now = Date.parse(this.#deps.clock.now());
    const runs = await this.#deps.db.query<OpenRunRow>(
      `SELECT sync_id, connection_id, coalesce(started_at, opened_at) AS since FROM sync_history.runs
       WHERE status = 'pending' AND NOT queued AND opened_at < $1 ORDER BY opened_at LIMIT ${BATCH}`,
      [new Date(now - LEAVE_ALONE_MS).toISOString()],
    );
    const open = new Set(runs.map(({ sync_id }) => sync_id));
    this.#dispatched = new Map([...this.#dispatched].filter(([syncId]) => open.has(syncId)));
    const waiting = await this.#postponed.waiting(new Date(now).toISOString());
    // One run that resists must not keep the others from ending.
    const failures = new Failures();
    for (const run of runs) {
      const lateMs = this.#lateMs(run.since);
      if (lateMs <= 0 && waiting.has(run.sync_id)) continue;
      await failures.during(() =>
        lateMs > 0 ? this.#endIfIdle(run, lateMs) : this.#dispatchAgain(run, now),
      );
    }
    failures.throwAny();
  }

  async #dispatchAgain(run: OpenRunRow, now: number): Promise<void> {
    const { sync_id: syncId, connection_id: connectionId } = run;
    if (now - (this.#dispatched.get(syncId) ?? 0) < DISPATCH_EVERY_MS) return;
    if (await this.#deps.keeper.isLocked(runLock(connectionId))) return;
    const message = { connectionId, syncId };
    await this.#deps.commands.publish(COMMAND_SUBJECTS.runSync, message, { msgId: v7() });
    this.#dispatched.set(syncId, now);
  }

  /** Milliseconds since the run should have ended, by every clock; not positive: it has time left. */
  #lateMs(since: string): number {
    const { clock, policy } = this.#deps;
    return overdueBy({ since, now: clock.now() }, policy.deadlineMs) - CLOCK_DIFFERENCE_MS;
  }

  /** With the lock in hand: nobody begins an attempt meanwhile. */
  async #endIfIdle(run: OpenRunRow, lateMs: number): Promise<void> {
    const lock = await this.#deps.keeper.tryLock(runLock(run.connection_id));
    if (!lock && lateMs < HANGS_AFTER_MS) return;
    try {
      await this.#end(run);
    } finally {
      await lock?.release();
    }
  }

  async #end({ sync_id: syncId, connection_id: connectionId }: OpenRunRow): Promise<void> {
    const { db, store, clock, policy } = this.#deps;
    const { state: runs } = await fold(this.#deps, sync, connectionId);
    // History may lag behind: it was started, or has ended, since.
    if (runs.status !== 'open' || runs.run.syncId !== syncId) return;
    if (runs.run.startedAt !== null && this.#lateMs(runs.run.startedAt) <= 0) return;
    const { state } = await fold(this.#deps, connection, connectionId);
    const accounts = state.status === 'none' ? [] : state.accounts;
    const written = await writtenBy(
      db,
      store,
      syncId,
      accounts.map(({ ledgerId }) => ledgerId),
    );
    const tracked = state.status === 'none' ? [] : trackedAccounts(state);
    const accountIds = [...new Set(tracked.flatMap(({ trackedAs }) => trackedAs ?? []))];
    const problem = timedOut(policy.deadlineMs);
    // Nothing if an attempt begins at this moment: a run that waited for days may be begun as late as that.
    const { attempt } = runs.run;
    const { events } = await runDecider(
      this.#deps,
      sync,
      connectionId,
      {
        type: 'TimeOutSync',
        syncId,
        attempt,
        errorMessage: problemText(problem, 'en') ?? problem.code,
        outcome: outcomeOf(written, { accountIds, problems: [problem] }),
        now: clock.now(),
      },
      { metadata: this.#deps.metadata(state.status === 'none' ? null : state.tenantId) },
    );
    if (events.length > 0) await this.#forgetPages(syncId);
  }
}
