import {
  fingerprintOf,
  type LedgerKey,
  type LedgerRow,
  type LedgerTransaction,
  type TransactionContent,
} from '#domain';
import type { Sql } from '#read-model';
import { type EntryRow, type KeyRow, LEDGER } from '../ledger-tables.js';

/** The fingerprint is for looking rows up, nobody reads it. */
type ReadEntry = Omit<EntryRow, 'fingerprint'>;

const transactionOf = (row: ReadEntry): LedgerTransaction =>
  ({
    id: row.id,
    providerAccountId: row.provider_account_id,
    providerTransactionId: row.provider_transaction_id,
    providerUpdatedAt: row.provider_updated_at,
    status: row.status,
    bookedOn: row.booked_on,
    valueOn: row.value_on,
    transactedOn: row.transacted_on,
    amount: row.amount,
    currency: row.currency,
    label: row.label,
    originalLabel: row.original_label,
    type: row.type,
    counterparty: row.counterparty,
  }) as LedgerTransaction;

const keyOf = (row: KeyRow): LedgerKey => ({
  providerAccountId: row.provider_account_id,
  providerTransactionId: row.provider_transaction_id,
  live: row.live,
  word: row.word,
  providerUpdatedAt: row.provider_updated_at,
});

export type ShownKey = Pick<KeyRow, 'provider_transaction_id' | 'transaction_id' | 'live' | 'word'>;

/** What the ledger knows of some ids of one provider account, by id: one narrow look-up, whatever the rows hold. */
export const shownKeys = async (
  sql: Sql,
  ledgerId: string,
  providerAccountId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ShownKey>> => {
  const keys = await sql.query<ShownKey>(
    `SELECT provider_transaction_id, transaction_id, live, word::text FROM ${LEDGER}.keys
     WHERE ledger_id = $1 AND provider_account_id = $2 AND provider_transaction_id = ANY($3)`,
    [ledgerId, providerAccountId, ids],
  );
  return new Map(keys.map((key) => [key.provider_transaction_id, key]));
};

/** What {@link shownKeys} says, and the revision as of which: without a lock, since one statement sees one moment. */
export const shownKeysAt = async (
  sql: Sql,
  ledgerId: string,
  providerAccountId: string,
  ids: readonly string[],
): Promise<{ readonly revision: bigint; readonly keys: ReadonlyMap<string, ShownKey> }> => {
  const rows = await sql.query<{ readonly revision: bigint } & (ShownKey | Record<keyof ShownKey, null>)>(
    `SELECT head.revision, known.provider_transaction_id, known.transaction_id, known.live, known.word::text
     FROM ${LEDGER}.heads AS head LEFT JOIN ${LEDGER}.keys AS known ON known.ledger_id = head.ledger_id
       AND known.provider_account_id = $2 AND known.provider_transaction_id = ANY($3)
     WHERE head.ledger_id = $1`,
    [ledgerId, providerAccountId, ids],
  );
  const keys = rows.flatMap((row) => (row.transaction_id === null ? [] : [row]));
  return {
    revision: rows[0]?.revision ?? -1n,
    keys: new Map(keys.map((key) => [key.provider_transaction_id, key])),
  };
};

/** Ids of standing rows that one of these, under an id that we do not know, may turn out to be. */
export const candidateIds = async (
  sql: Sql,
  ledgerId: string,
  strangers: readonly TransactionContent[],
): Promise<readonly string[]> => {
  if (strangers.length === 0) return [];
  const booked = strangers.filter(({ status }) => status === 'booked');
  const fingerprints = new Set(strangers.map((content) => fingerprintOf(ledgerId, content)));
  const rows = await sql.query<{ id: string }>(
    `SELECT found.id FROM unnest($2::bigint[]) AS wanted (fingerprint) CROSS JOIN LATERAL (
       SELECT id, ledger_id FROM ${LEDGER}.entries AS entry
       WHERE entry.fingerprint = wanted.fingerprint AND entry.removed_at IS NULL OFFSET 0
     ) AS found WHERE found.ledger_id = $1
     UNION
     SELECT id FROM ${LEDGER}.entries
     WHERE ledger_id = $1 AND amount = ANY($3) AND status = 'pending' AND removed_at IS NULL`,
    [ledgerId, [...fingerprints], [...new Set(booked.map(({ amount }) => amount))]],
  );
  return rows.map(({ id }) => id);
};

/** Ids of rows under one of whose live keys one of these was said last; for the few ids that say something else than their rows. */
export const idsUnderWords = async (
  sql: Sql,
  ledgerId: string,
  words: readonly string[],
): Promise<readonly string[]> => {
  const rows = await sql.query<{ id: string }>(
    `SELECT DISTINCT transaction_id AS id FROM ${LEDGER}.keys
     WHERE ledger_id = $1 AND live AND word = ANY($2::bigint[])`,
    [ledgerId, words],
  );
  return rows.map(({ id }) => id);
};

/** The ledger's rows under the given ids, as the decider wants them. */
export const ledgerRows = async (
  sql: Sql,
  ledgerId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LedgerRow>> => {
  if (ids.length === 0) return new Map();
  const entries = await sql.query<ReadEntry>(`SELECT * FROM ${LEDGER}.entries WHERE id = ANY($1::uuid[])`, [
    ids,
  ]);
  const keys = await sql.query<KeyRow>(
    `SELECT known.* FROM unnest($1::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
       SELECT ledger_id, provider_account_id, provider_transaction_id, transaction_id, live, word::text,
         provider_updated_at
       FROM ${LEDGER}.keys WHERE transaction_id = wanted.id OFFSET 0
     ) AS known ORDER BY known.provider_account_id, known.provider_transaction_id`,
    [ids],
  );
  const keysOf = new Map<string, LedgerKey[]>(ids.map((id) => [id, []]));
  for (const key of keys) keysOf.get(key.transaction_id)?.push(keyOf(key));
  return new Map(
    entries
      .filter((row) => row.ledger_id === ledgerId)
      .map((row) => [
        row.id,
        { transaction: transactionOf(row), removed: row.removed_at !== null, keys: keysOf.get(row.id) ?? [] },
      ]),
  );
};

export interface KnownSource {
  readonly providerAccountId: string;
  readonly connectionId: string;
}

/** Where a ledger stands, as its rows have it. */
export interface LedgerStanding {
  /** -1: they know no event. */
  readonly revision: bigint;
  readonly balance: { readonly balance: string; readonly currency: string } | null;
  /** The provider accounts that ever showed rows of it, each with the connection that it did so through last. */
  readonly sources: readonly KnownSource[];
}

/** One statement: all of it is of one moment, without a lock. */
export const standingOf = async (sql: Sql, ledgerId: string): Promise<LedgerStanding> => {
  const rows = await sql.query<
    { readonly revision: bigint; readonly balance: string | null; readonly currency: string | null } & (
      KnownSource | Record<keyof KnownSource, null>
    )
  >(
    `SELECT head.revision, head.balance, head.currency, known.provider_account_id AS "providerAccountId",
       known.connection_id AS "connectionId"
     FROM ${LEDGER}.heads AS head LEFT JOIN ${LEDGER}.sources AS known ON known.ledger_id = head.ledger_id
     WHERE head.ledger_id = $1`,
    [ledgerId],
  );
  const [head] = rows;
  return {
    revision: head?.revision ?? -1n,
    balance: head?.balance && head.currency ? { balance: head.balance, currency: head.currency } : null,
    sources: rows.flatMap(({ providerAccountId, connectionId }) =>
      providerAccountId === null ? [] : [{ providerAccountId, connectionId }],
    ),
  };
};
