import { COMMAND_SUBJECTS, type ProblemCode, problemText } from '#contracts';
import { connection, sync, trackedAccounts } from '#domain';
import { fold, runDecider } from '#event-store';
import { Failures } from '#kernel';
import { v7 } from 'uuid';
import type { PostponedRuns } from '../postponed-runs.js';
import { runLock } from '../run-lock.js';
import { outcomeOf, writtenBy } from '../run-outcome.js';
import type { SyncDeps } from '../sync-deps.js';

interface OpenRunRow {
  readonly sync_id: string;
  readonly connection_id: string;
  readonly opened_at: string;
}

/** A run younger than this was dispatched a moment ago. */
const LEAVE_ALONE_MS = 15_000;
/** A dispatched run may wait its turn behind others; it is not dispatched again before this. */
const DISPATCH_EVERY_MS = 60_000;
const BATCH = 200;
const TIMED_OUT: ProblemCode = 'sync.timed-out';

/** Finds runs that are neither live nor ended: dispatches them again, and ends those that are past their deadline. */
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
      `SELECT sync_id, connection_id, opened_at FROM sync_history.runs
       WHERE status = 'pending' AND NOT queued AND opened_at < $1 ORDER BY opened_at LIMIT ${BATCH}`,
      [new Date(now - LEAVE_ALONE_MS).toISOString()],
    );
    const open = new Set(runs.map(({ sync_id }) => sync_id));
    this.#dispatched = new Map([...this.#dispatched].filter(([syncId]) => open.has(syncId)));
    const waiting = await this.#postponed.waiting(new Date(now).toISOString());
    // One run that resists must not keep the others from ending.
    const failures = new Failures();
    for (const run of runs) {
      const overdue = now - Date.parse(run.opened_at) > this.#deps.policy.deadlineMs;
      if (!overdue && waiting.has(run.sync_id)) continue;
      await failures.during(() => (overdue ? this.#end(run) : this.#dispatchAgain(run, now)));
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

  async #end({ sync_id: syncId, connection_id: connectionId }: OpenRunRow): Promise<void> {
    const { db, store, clock, policy } = this.#deps;
    const { state } = await fold(this.#deps, connection, connectionId);
    const accounts = state.status === 'none' ? [] : trackedAccounts(state);
    const written = await writtenBy(
      db,
      store,
      syncId,
      accounts.map(({ ledgerId }) => ledgerId),
    );
    const accountIds = [...new Set(accounts.flatMap(({ trackedAs }) => trackedAs ?? []))];
    const parameters = { minutes: String(Math.round(policy.deadlineMs / 60_000)) };
    const problem = { code: TIMED_OUT, accountId: null, rowKey: null, count: 1, parameters };
    await runDecider(
      this.#deps,
      sync,
      connectionId,
      {
        type: 'TimeOutSync',
        syncId,
        errorMessage: problemText(problem, 'en') ?? TIMED_OUT,
        outcome: outcomeOf(written, { accountIds, problems: [problem] }),
        now: clock.now(),
      },
      { metadata: this.#deps.metadata(state.status === 'none' ? null : state.tenantId) },
    );
    await this.#forgetPages(syncId);
  }
}
