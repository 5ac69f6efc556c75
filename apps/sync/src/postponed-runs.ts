import { type Database, migrate } from '#read-model';
import type { FailedAttempt } from './run-sync/run-sync.command.js';

/** PostgreSQL schema of the runs whose next attempt is agreed on. */
export const POSTPONED_RUNS = 'postponed_runs';

/** When a run is tried next, and of what its last attempt failed, if it did. */
export interface NextAttempt extends Partial<FailedAttempt> {
  readonly at: string;
}

/**
 * Runs whose next attempt is already agreed on: the queue brings them back at their time, and dispatching them before
 * would use up their attempts and ignore what the provider asked for. Losing it costs such an attempt, no more.
 */
export class PostponedRuns {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  prepare(): Promise<void> {
    return migrate(this.#db, POSTPONED_RUNS, [
      `CREATE UNLOGGED TABLE {schema}.runs (sync_id uuid PRIMARY KEY, until timestamptz NOT NULL);
       CREATE INDEX runs_by_time ON {schema}.runs (until);`,
      `ALTER TABLE {schema}.runs ADD COLUMN attempt integer, ADD COLUMN at timestamptz, ADD COLUMN problem jsonb;`,
    ]);
  }

  /** @param next when the next attempt begins, and of what the last one failed, if it did */
  async postpone(syncId: string, until: string, next: NextAttempt): Promise<void> {
    const { attempt = null, at, problem } = next;
    await this.#db.execute(
      `INSERT INTO ${POSTPONED_RUNS}.runs VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sync_id)
       DO UPDATE SET until = excluded.until, attempt = excluded.attempt, at = excluded.at, problem = excluded.problem`,
      [syncId, until, attempt, at, problem ? JSON.stringify(problem) : null],
    );
  }

  /** The runs whose time has not come at `now`; the others are forgotten. */
  async waiting(now: string): Promise<ReadonlySet<string>> {
    await this.#db.execute(`DELETE FROM ${POSTPONED_RUNS}.runs WHERE until <= $1`, [now]);
    const rows = await this.#db.query<{ sync_id: string }>(`SELECT sync_id FROM ${POSTPONED_RUNS}.runs`);
    return new Set(rows.map(({ sync_id }) => sync_id));
  }
}
