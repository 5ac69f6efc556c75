import type Database from 'libsql';
import { NO_STREAM, type StoredEvent } from './stored-event.js';

type Row = [number, string, number, Buffer, string, number, number, Buffer, Buffer];

const COLUMNS = 'position, stream, revision, id, type, created, is_json, metadata, data';

const eventOf = (row: Row): StoredEvent => ({
  position: row[0],
  stream: row[1],
  revision: row[2],
  id: row[3],
  type: row[4],
  created: row[5],
  isJson: row[6] === 1,
  metadata: row[7],
  data: row[8],
});

export type Direction = 'forwards' | 'backwards';

/** Which part of a stream to read; `from` is inclusive. */
export interface StreamSlice {
  readonly direction: Direction;
  readonly from: number;
  /** Events below this revision or older than this instant (ms) are hidden. */
  readonly lowest: number;
  readonly createdFrom: number;
}

/** The events in SQLite; every read goes by an index, so its cost does not depend on the length of the log. */
export class EventTable {
  readonly #statements = new Map<string, Database.Statement>();

  constructor(private readonly db: Database.Database) {}

  insert(event: StoredEvent): void {
    this.#statement(`INSERT INTO events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`).run([
      event.position,
      event.stream,
      event.revision,
      event.id,
      event.type,
      event.created,
      event.isJson ? 1 : 0,
      event.metadata,
      event.data,
    ]);
  }

  /** Position of the newest event; 0 when there is none. */
  head(): number {
    const [head] = this.#statement('SELECT max(position) FROM events').get([]) as [number | null];
    return head ?? 0;
  }

  lastOf(stream: string): StoredEvent | undefined {
    return this.#events('WHERE stream = ? ORDER BY revision DESC LIMIT 1', [stream])[0];
  }

  lastRevisionOf(stream: string): number {
    const sql = 'SELECT max(revision) FROM events WHERE stream = ?';
    const [revision] = this.#statement(sql).get([stream]) as [number | null];
    return revision ?? NO_STREAM;
  }

  at(stream: string, revision: number): StoredEvent | undefined {
    return this.#events('WHERE stream = ? AND revision = ?', [stream, revision])[0];
  }

  slice(stream: string, slice: StreamSlice, limit: number): StoredEvent[] {
    const { from, lowest, createdFrom } = slice;
    return slice.direction === 'forwards'
      ? this.#events('WHERE stream = ? AND revision >= ? AND created >= ? ORDER BY revision LIMIT ?', [
          stream,
          Math.max(from, lowest),
          createdFrom,
          limit,
        ])
      : this.#events(
          'WHERE stream = ? AND revision <= ? AND revision >= ? AND created >= ? ORDER BY revision DESC LIMIT ?',
          [stream, from, lowest, createdFrom, limit],
        );
  }

  /** The log after (or before) a position; with categories (`ledger-`), only their streams. */
  all(direction: Direction, beyond: number, categories: readonly string[], limit: number): StoredEvent[] {
    const [compare, order] = direction === 'forwards' ? ['>', 'ASC'] : ['<', 'DESC'];
    if (categories.length === 0) {
      return this.#events(`WHERE position ${compare} ? ORDER BY position ${order} LIMIT ?`, [beyond, limit]);
    }
    const branch = `SELECT ${COLUMNS} FROM events WHERE category = ? AND position ${compare} ?`;
    const branches = categories.map(() => branch).join(' UNION ALL ');
    return this.#rows(`${branches} ORDER BY position ${order} LIMIT ?`, [
      ...categories.flatMap((category) => [category, beyond]),
      limit,
    ]);
  }

  /** Runs `work` in one transaction; when this returns, its writes are on the disk. */
  inTransaction<T>(work: () => T): T {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Leaves everything in the one file; the lock goes with the process, because libsql closes when nothing refers to it. */
  close(): void {
    this.#statements.clear();
    this.db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    this.db.close();
  }

  #events(where: string, parameters: unknown[]): StoredEvent[] {
    return this.#rows(`SELECT ${COLUMNS} FROM events ${where}`, parameters);
  }

  #rows(sql: string, parameters: unknown[]): StoredEvent[] {
    return (this.#statement(sql).all(parameters) as Row[]).map(eventOf);
  }

  #statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      if (!sql.startsWith('INSERT')) statement.raw();
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
