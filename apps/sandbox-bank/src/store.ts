import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { FIRST_IDS, SCHEMA } from './schema.js';

export type SqlValue = string | number | null;

type Found<Row> = Row | undefined;

/** The one SQLite file of the sandbox: prepared statements by their text, and transactions that may be nested. */
export class Store {
  private readonly statements = new Map<string, Database.Statement>();
  private readonly answers = new Map<string, unknown>();
  private readonly database: Database.Database;

  constructor(dataDir: string, idsAfter = 0) {
    mkdirSync(dataDir, { recursive: true });
    this.database = new Database(join(dataDir, 'sandbox-bank.sqlite'));
    this.database.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4000; PRAGMA temp_store=MEMORY',
    );
    this.database.exec(SCHEMA);
    for (const [table, first] of Object.entries(FIRST_IDS)) this.startIdsAt(table, idsAfter + first);
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.statement(sql).all(...values) as Row[];
  }

  first<Row>(sql: string, ...values: SqlValue[]): Found<Row> {
    return this.all<Row>(sql, ...values)[0];
  }

  /** The first row, looked up once until anything is written: pages of one list ask for the same sums. */
  remembered<Row>(sql: string, ...values: SqlValue[]): Found<Row> {
    const question = JSON.stringify([sql, ...values]);
    if (!this.answers.has(question)) this.answers.set(question, this.first(sql, ...values));
    return this.answers.get(question) as Found<Row>;
  }

  /** Number of rows changed and the id of the last inserted one. */
  run(sql: string, ...values: SqlValue[]): { changes: number; id: number } {
    this.answers.clear();
    const result = this.statement(sql).run(...values);
    return { changes: result.changes, id: Number(result.lastInsertRowid) };
  }

  transaction<T>(work: () => T): T {
    if (this.database.inTransaction) return work();
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.answers.clear();
      this.database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private statement(sql: string): Database.Statement {
    const known = this.statements.get(sql);
    if (known) return known;
    const prepared = this.database.prepare(sql);
    this.statements.set(sql, prepared);
    return prepared;
  }

  private startIdsAt(table: string, first: number): void {
    this.run(
      'INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)',
      table,
      first,
      table,
    );
  }
}
