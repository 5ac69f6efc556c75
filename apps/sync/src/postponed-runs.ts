import { type Database, migrate } from '#read-model';

const SCHEMA = 'postponed_runs';

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
    return migrate(this.#db, SCHEMA, [
      `CREATE UNLOGGED TABLE {schema}.runs (sync_id uuid PRIMARY KEY, until timestamptz NOT NULL);
       CREATE INDEX runs_by_time ON {schema}.runs (until);`,
    ]);
  }

  async postpone(syncId: string, until: string): Promise<void> {
    await this.#db.execute(
      `INSERT INTO ${SCHEMA}.runs AS known VALUES ($1, $2) ON CONFLICT (sync_id) DO UPDATE SET until = excluded.until`,
      [syncId, until],
    );
  }

  /** The runs whose time has not come at `now`; the others are forgotten. */
  async waiting(now: string): Promise<ReadonlySet<string>> {
    await this.#db.execute(`DELETE FROM ${SCHEMA}.runs WHERE until <= $1`, [now]);
    const rows = await this.#db.query<{ sync_id: string }>(`SELECT sync_id FROM ${SCHEMA}.runs`);
    return new Set(rows.map(({ sync_id }) => sync_id));
  }
}
