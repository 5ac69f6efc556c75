import type { FetchedTransaction, RowFailure } from '#domain';
import { type BankDay, canonicalJson } from '#kernel';
import { type ColumnTypes, type Database, insertRows, migrate, type Sql } from '#read-model';
import { contentOf, contentText } from './staged-content.js';

/** PostgreSQL schema of the staged pages. */
export const STAGING = 'sync_staging';

/**
 * Unlogged: what was staged by a run that a crash interrupted is fetched again, never used. PostgreSQL empties such
 * tables when it recovers from a crash of its own, while we may go on: a row in `begun`, written first, tells of that.
 */
const migrations: readonly string[] = [
  `CREATE UNLOGGED TABLE {schema}.rows (
     sync_id uuid NOT NULL,
     attempt integer NOT NULL,
     account text NOT NULL,
     transaction text NOT NULL,
     day date NOT NULL,
     updated_at text NOT NULL,
     item jsonb NOT NULL,
     PRIMARY KEY (sync_id, attempt, account, transaction)
   );
   CREATE INDEX rows_in_order ON {schema}.rows (sync_id, attempt, account, day, transaction);
   CREATE UNLOGGED TABLE {schema}.failures (
     sync_id uuid NOT NULL,
     attempt integer NOT NULL,
     row_key text NOT NULL,
     account text,
     reason text NOT NULL,
     field text NOT NULL,
     PRIMARY KEY (sync_id, attempt, row_key)
   );`,
  `CREATE UNLOGGED TABLE {schema}.begun (
     sync_id uuid NOT NULL,
     attempt integer NOT NULL,
     PRIMARY KEY (sync_id, attempt)
   );`,
  // What was staged so far is fetched again: the emptied table of begun attempts tells.
  `TRUNCATE {schema}.rows, {schema}.failures, {schema}.begun;
   ALTER TABLE {schema}.rows ADD COLUMN gone boolean NOT NULL;
   ALTER TABLE {schema}.failures ADD COLUMN day date;
   DROP INDEX {schema}.rows_in_order;
   CREATE INDEX rows_in_order ON {schema}.rows (sync_id, attempt, account, gone, day, transaction);`,
  // An order of its own: where the index shared its first columns with the key, PostgreSQL, which knows nothing of rows just
  // staged, looked single ones up by reading all of it.
  `TRUNCATE {schema}.rows, {schema}.failures, {schema}.begun;
   ALTER TABLE {schema}.rows ADD COLUMN list text NOT NULL;
   DROP INDEX {schema}.rows_in_order;
   CREATE INDEX rows_in_order ON {schema}.rows (list, gone, day, transaction);`,
  // What the columns say is not said again, nor are the names of the fields: half the bytes on each way.
  `TRUNCATE {schema}.failures, {schema}.begun;
   DROP TABLE {schema}.rows;
   CREATE UNLOGGED TABLE {schema}.rows (
     sync_id uuid NOT NULL,
     attempt integer NOT NULL,
     account text NOT NULL,
     transaction text NOT NULL,
     day date NOT NULL,
     updated_at text,
     gone boolean NOT NULL,
     content text,
     list text NOT NULL GENERATED ALWAYS AS (sync_id::text || '/' || attempt::text || '/' || account) STORED,
     PRIMARY KEY (sync_id, attempt, account, transaction)
   );
   CREATE INDEX rows_in_order ON {schema}.rows (list, gone, day, transaction);`,
];

/** One statement is one transaction, and none of these tables is in the WAL: there is nothing to wait for on the disk. */
const FORGET = `WITH rows AS (DELETE FROM ${STAGING}.rows WHERE sync_id = $1 AND ($2::integer IS NULL OR attempt <= $2)),
  failures AS (DELETE FROM ${STAGING}.failures WHERE sync_id = $1 AND ($2::integer IS NULL OR attempt <= $2))`;
const CLEAR = `${FORGET} DELETE FROM ${STAGING}.begun WHERE sync_id = $1 AND ($2::integer IS NULL OR attempt <= $2)`;
const BEGIN = `${FORGET}, begun AS (DELETE FROM ${STAGING}.begun WHERE sync_id = $1 AND attempt < $2)
  INSERT INTO ${STAGING}.begun VALUES ($1, $2) ON CONFLICT DO NOTHING`;

/** What was staged is no longer all there: PostgreSQL recovered from a crash, or a later attempt swept it away. */
export class StagingLost extends Error {
  override readonly name = 'StagingLost';
  constructor(syncId: string, attempt: number) {
    super(`The staged pages of attempt ${attempt} of run ${syncId} were lost; they are fetched again.`);
  }
}

export interface StagingSummary {
  /** Distinct rows that could be read. */
  readonly readable: number;
  /** Distinct rows that could not be understood, and the first 50 of them. */
  readonly failed: number;
  readonly failures: readonly RowFailure[];
  /** `false`: rows may be missing, so the counts and every chunk read since `begin` may fall short. */
  readonly isWhole: boolean;
}

export const NOTHING_STAGED: StagingSummary = { readable: 0, failed: 0, failures: [], isWhole: true };

type Readable = Exclude<FetchedTransaction, { kind: 'unreadable' }>;

/** What an account showed in one attempt, as the column `list` names it: its rows lie in the order of their days there. */
export const stagedList = (syncId: string, attempt: number, account: string): string =>
  `${syncId}/${attempt}/${account}`;

/** Where a chunk begins: after this row of the account. */
interface Place {
  readonly gone: boolean;
  readonly day: BankDay;
  readonly transaction: string;
}

type StagedRow = Pick<StoredRow, 'transaction' | 'day' | 'updated_at' | 'gone' | 'content'>;

interface StoredRow {
  readonly sync_id: string;
  readonly attempt: number;
  readonly account: string;
  readonly transaction: string;
  readonly day: BankDay;
  readonly updated_at: string | null;
  readonly gone: boolean;
  /** See {@link contentText}; `null` of a row that was taken back. */
  readonly content: string | null;
}

const COLUMNS: ColumnTypes<StoredRow> = {
  sync_id: 'uuid',
  attempt: 'int',
  account: 'text',
  transaction: 'text',
  day: 'date',
  updated_at: 'text',
  gone: 'boolean',
  content: 'text',
};

const REPLACE_OLDER = `ON CONFLICT (sync_id, attempt, account, transaction) DO UPDATE
  SET day = excluded.day, updated_at = excluded.updated_at, gone = excluded.gone, content = excluded.content
  WHERE coalesce(excluded.updated_at, '') >= coalesce(staged.updated_at, '')`;

const itemOf = (providerAccountId: string, row: StagedRow): Readable => {
  const { transaction: providerTransactionId, day, updated_at: providerUpdatedAt, content } = row;
  const item = { providerAccountId, providerTransactionId, day, providerUpdatedAt };
  return content === null
    ? { kind: 'deleted', ...item }
    : { kind: 'row', ...item, content: contentOf(content) };
};

const CHUNK_ROWS = 500;
const LISTED_FAILURES = 50;

const newestOfEach = (items: readonly Readable[]): readonly Readable[] => {
  const newest = new Map<string, Readable>();
  for (const item of items) {
    const key = canonicalJson([item.providerAccountId, item.providerTransactionId]);
    const seen = newest.get(key);
    if (!seen || (item.providerUpdatedAt ?? '') >= (seen.providerUpdatedAt ?? '')) newest.set(key, item);
  }
  return [...newest.values()];
};

/** The page set of one attempt of one run, in PostgreSQL, so that memory stays flat whatever a bank sends. */
export class Staging {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  prepare(): Promise<void> {
    return migrate(this.#db, STAGING, migrations);
  }

  /** Before a fetch: forgets what this attempt staged so far, and earlier ones. A later attempt is not ours to touch. */
  async begin(syncId: string, attempt: number): Promise<void> {
    await this.#db.execute(BEGIN, [syncId, attempt]);
  }

  /** After an attempt. `attempt` not given: the run has ended, whoever still works on it must not go on. */
  async clear(syncId: string, attempt?: number): Promise<void> {
    await this.#db.execute(CLEAR, [syncId, attempt ?? null]);
  }

  /** A row that comes again replaces its older form; a bad row that comes again counts once. */
  async add(syncId: string, attempt: number, items: readonly FetchedTransaction[]): Promise<void> {
    const readable = newestOfEach(items.filter((item) => item.kind !== 'unreadable'));
    const failures = items.filter((item) => item.kind === 'unreadable');
    if (failures.length === 0) return addRows(this.#db, syncId, attempt, readable);
    await this.#db.transaction(
      async (tx) => {
        await addRows(tx, syncId, attempt, readable);
        await addFailures(tx, syncId, attempt, failures);
      },
      { durable: false },
    );
  }

  /**
   * Rows of one account by bank day, in chunks of whole days of about 500 rows; those that the bank took back come last, when
   * it is known what else it shows.
   */
  async *chunks(syncId: string, attempt: number, account: string): AsyncGenerator<readonly Readable[], void> {
    let after: Place | null = null;
    let chunk: Readable[] = [];
    for (;;) {
      const rows: readonly Readable[] = await this.#page(syncId, attempt, account, after);
      for (const row of rows) {
        const last = chunk.at(-1);
        if (last && chunk.length >= CHUNK_ROWS && (last.day !== row.day || last.kind !== row.kind)) {
          yield chunk;
          chunk = [];
        }
        chunk.push(row);
      }
      const end = rows.at(-1);
      if (!end || rows.length < CHUNK_ROWS) break;
      after = { gone: end.kind === 'deleted', day: end.day, transaction: end.providerTransactionId };
    }
    if (chunk.length > 0) yield chunk;
  }

  /** What this attempt staged. To be asked after the last chunk was read: only then is `isWhole` an answer for all of them. */
  async summary(syncId: string, attempt: number): Promise<StagingSummary> {
    const [counted] = await this.#db.query<{ readable: bigint; failed: bigint; whole: boolean }>(
      `SELECT (SELECT count(*) FROM ${STAGING}.rows WHERE sync_id = $1 AND attempt = $2) AS readable,
              (SELECT count(*) FROM ${STAGING}.failures WHERE sync_id = $1 AND attempt = $2) AS failed,
              EXISTS (SELECT 1 FROM ${STAGING}.begun WHERE sync_id = $1 AND attempt = $2) AS whole`,
      [syncId, attempt],
    );
    const failed = Number(counted?.failed ?? 0);
    return {
      readable: Number(counted?.readable ?? 0),
      failed,
      failures: failed === 0 ? [] : await this.#failures(syncId, attempt),
      isWhole: counted?.whole === true,
    };
  }

  #failures(syncId: string, attempt: number): Promise<readonly RowFailure[]> {
    return this.#db.query<RowFailure>(
      `SELECT row_key AS "rowKey", account AS "providerAccountId", reason, field FROM ${STAGING}.failures
       WHERE sync_id = $1 AND attempt = $2 ORDER BY row_key LIMIT ${LISTED_FAILURES}`,
      [syncId, attempt],
    );
  }

  async #page(
    syncId: string,
    attempt: number,
    account: string,
    after: Place | null,
  ): Promise<readonly Readable[]> {
    const rows = await this.#db.query<StagedRow>(
      `SELECT transaction, day, updated_at, gone, content FROM ${STAGING}.rows WHERE list = $1
         AND ($2::boolean IS NULL OR (gone, day, transaction) > ($2::boolean, $3::date, $4::text))
       ORDER BY gone, day, transaction LIMIT ${CHUNK_ROWS}`,
      [
        stagedList(syncId, attempt, account),
        after?.gone ?? null,
        after?.day ?? null,
        after?.transaction ?? null,
      ],
    );
    return rows.map((row) => itemOf(account, row));
  }
}

const addRows = async (
  tx: Sql,
  syncId: string,
  attempt: number,
  items: readonly Readable[],
): Promise<void> => {
  const rows = items.map((item) => ({
    sync_id: syncId,
    attempt,
    account: item.providerAccountId,
    transaction: item.providerTransactionId,
    day: item.day,
    updated_at: item.providerUpdatedAt,
    gone: item.kind === 'deleted',
    content: item.kind === 'deleted' ? null : contentText(item.content),
  }));
  await insertRows(
    tx,
    { into: `${STAGING}.rows AS staged`, columns: COLUMNS, onConflict: REPLACE_OLDER },
    rows,
  );
};

const addFailures = async (
  tx: Sql,
  syncId: string,
  attempt: number,
  failures: readonly Extract<FetchedTransaction, { kind: 'unreadable' }>[],
): Promise<void> => {
  if (failures.length === 0) return;
  await tx.execute(
    `INSERT INTO ${STAGING}.failures (sync_id, attempt, row_key, account, reason, field, day)
     SELECT $1, $2, bad->>'rowKey', bad->>'providerAccountId', bad->>'reason', bad->>'field', (bad->>'day')::date
     FROM jsonb_array_elements($3::jsonb) AS bad ON CONFLICT DO NOTHING`,
    [syncId, attempt, JSON.stringify(failures)],
  );
};
