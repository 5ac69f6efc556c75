import { type Database, migrate } from '#read-model';
import { DUE_CONNECTIONS } from './due-connections.projection.js';

const SCHEMA = 'scheduler';

/** Which slot each connection was announced for. Losing it costs repeated announcements, which change nothing. */
export class Announcements {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  prepare(): Promise<void> {
    return migrate(this.#db, SCHEMA, [
      `CREATE TABLE {schema}.announced (connection_id uuid PRIMARY KEY, slot text NOT NULL);`,
    ]);
  }

  /** Connections that were due before `at` and are not yet announced for `slot`. */
  async missing(slot: string, at: string): Promise<readonly string[]> {
    const rows = await this.#db.query<{ connection_id: string }>(
      `SELECT due.connection_id FROM ${DUE_CONNECTIONS}.connections AS due
       LEFT JOIN ${SCHEMA}.announced AS done ON done.connection_id = due.connection_id
       WHERE due.due_since < $2::timestamptz AND (done.slot IS NULL OR done.slot < $1)`,
      [slot, at],
    );
    return rows.map(({ connection_id }) => connection_id);
  }

  async remember(connectionId: string, slot: string): Promise<void> {
    await this.#db.execute(
      `INSERT INTO ${SCHEMA}.announced AS known VALUES ($1, $2)
       ON CONFLICT (connection_id) DO UPDATE SET slot = greatest(known.slot, excluded.slot)`,
      [connectionId, slot],
    );
  }
}
