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
  // Keys, fingerprints and the history of a row follow from the log alone: the tables are emptied and filled from its start.
  `DROP TABLE {schema}.entries;
   TRUNCATE {schema}.heads, {schema}.sync_counts;
   UPDATE passerelle.checkpoints SET position = NULL WHERE name = '{schema}';
   CREATE TABLE {schema}.entries (
     ledger_id uuid NOT NULL,
     id uuid PRIMARY KEY,
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
     fingerprint bigint NOT NULL,
     removed_at timestamptz,
     removed_reason text,
     imported_at timestamptz,
     first_sync_id uuid NOT NULL,
     last_sync_id uuid NOT NULL
   );
   CREATE INDEX entries_by_day ON {schema}.entries (ledger_id, day DESC, id DESC);
   CREATE INDEX entries_by_fingerprint ON {schema}.entries (ledger_id, fingerprint);
   CREATE INDEX entries_pending ON {schema}.entries (ledger_id, amount) WHERE status = 'pending' AND removed_at IS NULL;
   CREATE TABLE {schema}.keys (
     ledger_id uuid NOT NULL,
     provider_account_id text NOT NULL,
     provider_transaction_id text NOT NULL,
     transaction_id uuid NOT NULL,
     live boolean NOT NULL,
     word bigint NOT NULL,
     provider_updated_at text,
     PRIMARY KEY (ledger_id, provider_account_id, provider_transaction_id)
   );
   CREATE INDEX keys_by_transaction ON {schema}.keys (transaction_id);
   CREATE TABLE {schema}.sources (
     ledger_id uuid NOT NULL,
     provider_account_id text NOT NULL,
     connection_id uuid NOT NULL,
     PRIMARY KEY (ledger_id, provider_account_id)
   );
   CREATE TABLE {schema}.history (
     transaction_id uuid NOT NULL,
     revision bigint NOT NULL,
     ledger_id uuid NOT NULL,
     at timestamptz,
     kind text NOT NULL,
     sync_id uuid NOT NULL,
     connection_id uuid NOT NULL,
     detail jsonb NOT NULL,
     PRIMARY KEY (transaction_id, revision)
   );`,
  // The fingerprint knows its ledger now: rows are found by it alone, whatever PostgreSQL guesses of a ledger's length.
  `TRUNCATE {schema}.entries, {schema}.keys, {schema}.sources, {schema}.history, {schema}.heads, {schema}.sync_counts;
   UPDATE passerelle.checkpoints SET position = NULL WHERE name = '{schema}';
   DROP INDEX {schema}.entries_by_fingerprint;
   CREATE INDEX entries_by_fingerprint ON {schema}.entries (fingerprint);`,
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
  /** See `fingerprintOf`; 64 bits as a decimal. */
  readonly fingerprint: string;
  readonly removed_at: string | null;
  readonly removed_reason: string | null;
  readonly imported_at: string | null;
  readonly first_sync_id: string;
  readonly last_sync_id: string;
}

/** One provider's id of a transaction; see `LedgerKey`. */
export interface KeyRow {
  readonly ledger_id: string;
  readonly provider_account_id: string;
  readonly provider_transaction_id: string;
  readonly transaction_id: string;
  readonly live: boolean;
  readonly word: string;
  readonly provider_updated_at: string | null;
}

/** An id under which a row is not shown any more, with the time of the provider's deletion where it says so. */
export type EndedKeyRow = Pick<
  KeyRow,
  'ledger_id' | 'provider_account_id' | 'provider_transaction_id' | 'provider_updated_at'
>;

/** Which connection a provider account spoke through last. */
export interface SourceRow {
  readonly ledger_id: string;
  readonly provider_account_id: string;
  readonly connection_id: string;
}

/** What happened to a transaction after it was imported. */
export interface HistoryRow {
  readonly transaction_id: string;
  readonly revision: string;
  readonly ledger_id: string;
  readonly at: string | null;
  /** An amendment's kind, `removed`, or `key-ended`. */
  readonly kind: string;
  readonly sync_id: string;
  readonly connection_id: string;
  readonly detail: object;
}
