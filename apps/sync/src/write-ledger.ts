import { type ColumnTypes, insertRows, type Sql } from '#read-model';
import type { LedgerChanges, SyncLedgerCounts } from './ledger-changes.js';
import type { EndedKeyRow, EntryRow, HistoryRow, KeyRow, SourceRow } from './ledger-tables.js';

const ENTRY: ColumnTypes<EntryRow> = {
  ledger_id: 'uuid', id: 'uuid', connection_id: 'uuid', tenant_id: 'text', account_id: 'text',
  provider_account_id: 'text', provider_transaction_id: 'text', status: 'text', day: 'date', booked_on: 'date',
  value_on: 'date', transacted_on: 'date', amount: 'text', currency: 'text', label: 'text', original_label: 'text',
  type: 'text', counterparty: 'jsonb', provider_updated_at: 'text', fingerprint: 'bigint', removed_at: 'timestamptz',
  removed_reason: 'text', imported_at: 'timestamptz', first_sync_id: 'uuid', last_sync_id: 'uuid',
}; // prettier-ignore

/** When a row came, and by which sync, stays on it. */
const REPLACED = Object.keys(ENTRY).filter(
  (name) => !['ledger_id', 'id', 'tenant_id', 'imported_at', 'first_sync_id'].includes(name),
);

const KEY: ColumnTypes<KeyRow> = {
  ledger_id: 'uuid',
  provider_account_id: 'text',
  provider_transaction_id: 'text',
  transaction_id: 'uuid',
  live: 'boolean',
  word: 'bigint',
  provider_updated_at: 'text',
};

const replacing = (names: readonly string[]): string =>
  `DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`;

const writeEntries = async (sql: Sql, schema: string, rows: readonly EntryRow[]): Promise<void> => {
  const onConflict = `ON CONFLICT (id) ${replacing(REPLACED)}`;
  await insertRows(sql, { into: `${schema}.entries`, columns: ENTRY, onConflict }, rows);
};

const endKeysOfRows = async (sql: Sql, schema: string, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return;
  await sql.execute(`UPDATE ${schema}.keys SET live = false WHERE transaction_id = ANY($1) AND live`, [ids]);
};

const endKeys = async (sql: Sql, schema: string, keys: readonly EndedKeyRow[]): Promise<void> => {
  if (keys.length === 0) return;
  await sql.execute(
    `UPDATE ${schema}.keys AS known SET live = false,
       provider_updated_at = coalesce(ended.provider_updated_at, known.provider_updated_at)
     FROM jsonb_to_recordset($1::jsonb) AS ended (ledger_id uuid, provider_account_id text,
       provider_transaction_id text, provider_updated_at text)
     WHERE known.ledger_id = ended.ledger_id AND known.provider_account_id = ended.provider_account_id
       AND known.provider_transaction_id = ended.provider_transaction_id`,
    [JSON.stringify(keys)],
  );
};

const writeKeys = async (sql: Sql, schema: string, keys: readonly KeyRow[]): Promise<void> => {
  const changed = replacing(['transaction_id', 'live', 'word', 'provider_updated_at']);
  const onConflict = `ON CONFLICT (ledger_id, provider_account_id, provider_transaction_id) ${changed}`;
  await insertRows(sql, { into: `${schema}.keys`, columns: KEY, onConflict }, keys);
};

const writeSources = async (sql: Sql, schema: string, sources: readonly SourceRow[]): Promise<void> => {
  for (const { ledger_id, provider_account_id, connection_id } of sources) {
    await sql.execute(
      `INSERT INTO ${schema}.sources AS known VALUES ($1, $2, $3)
       ON CONFLICT (ledger_id, provider_account_id) DO UPDATE SET connection_id = excluded.connection_id
         WHERE known.connection_id <> excluded.connection_id`,
      [ledger_id, provider_account_id, connection_id],
    );
  }
};

const writeHistory = async (sql: Sql, schema: string, rows: readonly HistoryRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await sql.execute(
    `INSERT INTO ${schema}.history SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (transaction_id uuid,
       revision bigint, ledger_id uuid, at timestamptz, kind text, sync_id uuid, connection_id uuid, detail jsonb)`,
    [JSON.stringify(rows)],
  );
};

const addCounts = async (
  sql: Sql,
  schema: string,
  ledgerId: string,
  counts: readonly SyncLedgerCounts[],
): Promise<void> => {
  for (const { syncId, imported, updated, removed } of counts) {
    await sql.execute(
      `INSERT INTO ${schema}.sync_counts AS known VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (sync_id, ledger_id) DO UPDATE SET imported = known.imported + excluded.imported,
         updated = known.updated + excluded.updated, removed = known.removed + excluded.removed`,
      [syncId, ledgerId, imported, updated, removed],
    );
  }
};

/** Makes the tables say what some consecutive events of one ledger changed; by `catchUpLedger` alone. */
export const writeLedger = async (
  sql: Sql,
  schema: string,
  ledgerId: string,
  changes: LedgerChanges,
): Promise<void> => {
  await writeEntries(sql, schema, changes.entries);
  await endKeysOfRows(sql, schema, changes.removedIds);
  await endKeys(sql, schema, changes.endedKeys);
  await writeKeys(sql, schema, changes.keys);
  await writeSources(sql, schema, changes.sources);
  await writeHistory(sql, schema, changes.history);
  await addCounts(sql, schema, ledgerId, changes.counts);
};
