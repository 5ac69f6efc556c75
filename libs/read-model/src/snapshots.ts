import type { Database } from './database.js';
import { DatabaseUnavailable } from './database-errors.js';
import { prepareOwnTables } from './own-tables.js';

export interface Snapshot {
  /** Revision of the last event that is part of the state. */
  readonly revision: bigint;
  readonly state: unknown;
}

export interface SnapshotsOptions {
  /** Told of failures of PostgreSQL: they count as "no snapshot", since the stream can always be folded anew. */
  readonly onFailure?: (error: unknown) => void;
}

/** A disposable cache of folded streams. States are plain JSON. */
export class PgSnapshots {
  readonly #db: Database;
  readonly #version: string;
  readonly #onFailure: (error: unknown) => void;

  /**
   * @param version changes whenever an old state must not be used: the shape of the state, the meaning of an event, the
   *   log's id. Snapshots of any other version are not seen.
   */
  constructor(db: Database, version: string, options: SnapshotsOptions = {}) {
    this.#db = db;
    this.#version = version;
    this.#onFailure = options.onFailure ?? (() => undefined);
  }

  load(stream: string): Promise<Snapshot | null> {
    return this.#orNothing(async () => {
      const [row] = await this.#db.query<{ revision: bigint; state: unknown }>(
        'SELECT revision, state FROM passerelle.snapshots WHERE stream = $1 AND version = $2',
        [stream, this.#version],
      );
      return row ?? null;
    }, null);
  }

  /** Keeps the newest: an older state of the same version does not replace a newer one. */
  save(stream: string, revision: bigint, state: unknown): Promise<void> {
    return this.#orNothing(async () => {
      await this.#db.execute(
        `INSERT INTO passerelle.snapshots AS kept (stream, version, revision, state) VALUES ($1, $2, $3, $4)
         ON CONFLICT (stream) DO UPDATE
           SET version = excluded.version, revision = excluded.revision, state = excluded.state, saved_at = now()
           WHERE kept.version <> excluded.version OR kept.revision < excluded.revision`,
        [stream, this.#version, revision, JSON.stringify(state)],
      );
    }, undefined);
  }

  async #orNothing<T>(work: () => Promise<T>, nothing: T): Promise<T> {
    try {
      await prepareOwnTables(this.#db);
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      this.#onFailure(error);
      return nothing;
    }
  }
}
