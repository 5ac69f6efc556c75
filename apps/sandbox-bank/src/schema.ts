/** Ids of different things begin far from each other, so that a client that mixes them up is caught. */
export const FIRST_IDS: Readonly<Record<string, number>> = {
  users: 4020,
  connections: 3106,
  accounts: 8800,
  transactions: 700_210,
  webhook_outbox: 918_272,
  webhook_auth_providers: 2410,
};

/**
 * `bank_*` is what the banks know, one row per real account and movement. The other tables are what the aggregator
 * knows: copies in the scope of one user, refreshed by a sync.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS bank_accounts (
  key TEXT PRIMARY KEY, id_connector INTEGER NOT NULL, parent_key TEXT, login_key TEXT NOT NULL, iban TEXT,
  number TEXT NOT NULL, bic TEXT NOT NULL, name TEXT NOT NULL, original_name TEXT NOT NULL, type TEXT NOT NULL,
  currency TEXT NOT NULL, balance TEXT, size INTEGER NOT NULL, days INTEGER NOT NULL, until TEXT NOT NULL,
  seed TEXT NOT NULL, listed INTEGER NOT NULL, generated INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS bank_accounts_login ON bank_accounts (login_key);
CREATE TABLE IF NOT EXISTS bank_rows (
  row_id INTEGER PRIMARY KEY AUTOINCREMENT, account_key TEXT NOT NULL, date TEXT NOT NULL, rdate TEXT NOT NULL,
  value TEXT NOT NULL, coming INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0, content TEXT NOT NULL,
  override TEXT, version INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS bank_rows_changes ON bank_rows (account_key, version);
CREATE TABLE IF NOT EXISTS bank_clock (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), version INTEGER NOT NULL);
INSERT OR IGNORE INTO bank_clock VALUES (1, 0);

CREATE TABLE IF NOT EXISTS sandbox_clock (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1), mode TEXT NOT NULL, value_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sandbox_chance (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), drawn INTEGER NOT NULL);
INSERT OR IGNORE INTO sandbox_chance VALUES (1, 0);
CREATE TABLE IF NOT EXISTS connection_heals (id_connection INTEGER PRIMARY KEY, heals_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS half_syncs (
  id_connection INTEGER PRIMARY KEY, id_user INTEGER NOT NULL, began_ms INTEGER NOT NULL, rest_ms INTEGER NOT NULL,
  requests_left INTEGER NOT NULL, is_told INTEGER NOT NULL, before TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scenario_settings (id_scenario TEXT PRIMARY KEY, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS webhook_delays (id_webhook INTEGER PRIMARY KEY, due_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS overrides (subject TEXT PRIMARY KEY, override TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scenarios (
  id TEXT PRIMARY KEY, source TEXT NOT NULL, first_day TEXT NOT NULL, played INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS scenario_accounts (
  id_scenario TEXT NOT NULL, ref TEXT NOT NULL, account_key TEXT NOT NULL, PRIMARY KEY (id_scenario, ref));
CREATE TABLE IF NOT EXISTS scenario_rows (
  id_scenario TEXT NOT NULL, ref TEXT NOT NULL, row_id INTEGER NOT NULL, PRIMARY KEY (id_scenario, ref));

CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY AUTOINCREMENT, signin TEXT NOT NULL, expires_ms INTEGER);
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY, id_user INTEGER NOT NULL, kind TEXT NOT NULL, expires_ms INTEGER);
CREATE INDEX IF NOT EXISTS tokens_user ON tokens (id_user);
CREATE TABLE IF NOT EXISTS webview_sessions (
  id TEXT PRIMARY KEY, id_user INTEGER, flow TEXT NOT NULL, parameters TEXT NOT NULL, expires_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS connections (
  id INTEGER PRIMARY KEY AUTOINCREMENT, id_user INTEGER NOT NULL, id_connector INTEGER NOT NULL, state TEXT,
  error_message TEXT, fields TEXT, last_update TEXT, created TEXT NOT NULL, active INTEGER NOT NULL DEFAULT 1,
  last_push TEXT, expire_ms INTEGER, next_try_ms INTEGER, synced_ms INTEGER, sync_due_ms INTEGER);
CREATE INDEX IF NOT EXISTS connections_user ON connections (id_user);
CREATE TABLE IF NOT EXISTS accounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, id_connection INTEGER NOT NULL, id_user INTEGER NOT NULL,
  account_key TEXT NOT NULL, name TEXT NOT NULL, display INTEGER NOT NULL DEFAULT 1,
  bookmarked INTEGER NOT NULL DEFAULT 0, usage TEXT, balance TEXT, last_update TEXT, deleted TEXT, disabled TEXT,
  synced_version INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS accounts_user ON accounts (id_user);
CREATE INDEX IF NOT EXISTS accounts_connection ON accounts (id_connection);
CREATE INDEX IF NOT EXISTS accounts_key ON accounts (account_key);
CREATE TABLE IF NOT EXISTS transactions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, id_user INTEGER NOT NULL, id_connection INTEGER NOT NULL,
  id_account INTEGER NOT NULL, row_id INTEGER NOT NULL, date TEXT NOT NULL, application_date TEXT NOT NULL,
  value REAL, coming INTEGER NOT NULL, active INTEGER NOT NULL DEFAULT 1, user_wording TEXT,
  user_application_date TEXT, comment TEXT, content TEXT NOT NULL, override TEXT, date_scraped TEXT NOT NULL,
  last_update TEXT NOT NULL, deleted TEXT, version INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS transactions_user ON transactions (id_user, date DESC, id);
CREATE INDEX IF NOT EXISTS transactions_connection ON transactions (id_connection, date DESC, id);
CREATE INDEX IF NOT EXISTS transactions_account ON transactions (id_account, date DESC, id);
CREATE INDEX IF NOT EXISTS transactions_row ON transactions (id_account, row_id);
CREATE TABLE IF NOT EXISTS webhook_outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, id_user INTEGER, id_connection INTEGER, body TEXT,
  created_ms INTEGER NOT NULL, held INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
  delivered_ms INTEGER, last_error TEXT);
CREATE INDEX IF NOT EXISTS webhook_outbox_pending ON webhook_outbox (id) WHERE delivered_ms IS NULL;
CREATE TABLE IF NOT EXISTS webhook_auth_providers (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, secret_key TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS webhook_subscriptions (event TEXT PRIMARY KEY, url TEXT NOT NULL, id_auth INTEGER);
CREATE TABLE IF NOT EXISTS tink_webhook_endpoints (
  id TEXT PRIMARY KEY, url TEXT NOT NULL, enabled_events TEXT NOT NULL, description TEXT, disabled INTEGER NOT NULL,
  secret TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL);
`;
