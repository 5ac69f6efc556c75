import type { Sql } from '#read-model';

/** PostgreSQL schema of the ledger's read model. */
export const LEDGER = 'ledger';

export const ledgerMigrations: readonly string[] = [
  `CREATE TABLE {schema}.heads (
     ledger_id uuid PRIMARY KEY,
     revision bigint NOT NULL DEFAULT -1,
     balance text,
     currency text,
     balance_observed_at timestamptz
   );
   CREATE TABLE {schema}.entries (
     ledger_id uuid NOT NULL,
     id uuid NOT NULL,
     connection_id uuid NOT NULL,
     tenant_id text NOT NULL,
     account_id text NOT NULL,
     provider_account_id text NOT NULL,
     provider_transaction_id text NOT NULL,
     status text NOT NULL,
     day date NOT NULL,
     booked_on date,
     value_on date,
     transacted_on date,
     amount text NOT NULL,
     currency text NOT NULL,
     label text,
     original_label text,
     type text NOT NULL,
     counterparty jsonb,
     provider_updated_at text,
     removed_at timestamptz,
     removed_reason text,
     first_sync_id uuid NOT NULL,
     last_sync_id uuid NOT NULL,
     PRIMARY KEY (ledger_id, id)
   );
   CREATE INDEX entries_by_day ON {schema}.entries (ledger_id, day DESC, id DESC);
   CREATE TABLE {schema}.sync_counts (
     sync_id uuid NOT NULL,
     ledger_id uuid NOT NULL,
     imported integer NOT NULL,
     updated integer NOT NULL,
     removed integer NOT NULL,
     PRIMARY KEY (sync_id, ledger_id)
   );`,
];

/** A row of `entries`, as PostgreSQL gives it back. */
export interface EntryRow {
  readonly ledger_id: string;
  readonly id: string;
  readonly connection_id: string;
  readonly tenant_id: string;
  readonly account_id: string;
  readonly provider_account_id: string;
  readonly provider_transaction_id: string;
  readonly status: 'booked' | 'pending';
  readonly day: string;
  readonly booked_on: string | null;
  readonly value_on: string | null;
  readonly transacted_on: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly label: string | null;
  readonly original_label: string | null;
  readonly type: string;
  readonly counterparty: unknown;
  readonly provider_updated_at: string | null;
  readonly removed_at: string | null;
  readonly removed_reason: string | null;
  readonly first_sync_id: string;
  readonly last_sync_id: string;
}

const COLUMNS = `ledger_id uuid, id uuid, connection_id uuid, tenant_id text, account_id text, provider_account_id text,
  provider_transaction_id text, status text, day date, booked_on date, value_on date, transacted_on date, amount text,
  currency text, label text, original_label text, type text, counterparty jsonb, provider_updated_at text,
  removed_at timestamptz, removed_reason text, first_sync_id uuid, last_sync_id uuid`;

/** Inserts or replaces; the sync that brought a row first stays on it. */
export const writeEntries = async (sql: Sql, schema: string, rows: readonly EntryRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await sql.execute(
    `INSERT INTO ${schema}.entries AS known SELECT * FROM jsonb_to_recordset($1::jsonb) AS row(${COLUMNS})
     ON CONFLICT (ledger_id, id) DO UPDATE SET
       connection_id = excluded.connection_id, account_id = excluded.account_id, status = excluded.status,
       day = excluded.day, booked_on = excluded.booked_on, value_on = excluded.value_on,
       transacted_on = excluded.transacted_on, amount = excluded.amount, currency = excluded.currency,
       label = excluded.label, original_label = excluded.original_label, type = excluded.type,
       counterparty = excluded.counterparty, provider_updated_at = excluded.provider_updated_at,
       removed_at = excluded.removed_at, removed_reason = excluded.removed_reason,
       last_sync_id = excluded.last_sync_id`,
    [JSON.stringify(rows)],
  );
};
