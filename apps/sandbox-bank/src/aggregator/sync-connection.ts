import type { Sandbox } from '../sandbox.js';
import { parisTimestamp } from '../timestamps.js';
import { findConnection, type StoredConnection } from './connections.js';
import { accountsOf, type StoredAccount } from './accounts.js';
import { connectionSyncedBody } from './connection-synced.js';

const DAY_MS = 86_400_000;

/** What the bank holds no longer and speaks of no more is gone without a trace. */
const dropSilently = ({ store }: Sandbox, account: StoredAccount): void => {
  store.run(
    `DELETE FROM transactions WHERE id_account = ? AND row_id IN
       (SELECT row_id FROM bank_rows WHERE account_key = ? AND deleted = 2 AND version > ?)`,
    account.id,
    account.account_key,
    account.synced_version,
  );
};

/** Brings what the bank has new, changed or removed since the last time into the user's scope. */
const copyChanges = ({ store }: Sandbox, account: StoredAccount, timestamp: string): void => {
  store.run(
    `UPDATE transactions SET date = b.date, value = CAST(b.value AS REAL), coming = b.coming, content = b.content,
       override = b.override, version = b.version, last_update = ?,
       application_date = coalesce(user_application_date, b.rdate),
       deleted = CASE b.deleted WHEN 1 THEN coalesce(transactions.deleted, ?) ELSE NULL END
     FROM bank_rows b
     WHERE b.row_id = transactions.row_id AND transactions.id_account = ? AND b.account_key = ? AND b.version > ?`,
    timestamp,
    timestamp,
    account.id,
    account.account_key,
    account.synced_version,
  );
  store.run(
    `INSERT INTO transactions (id_user, id_connection, id_account, row_id, date, application_date, value, coming,
       content, override, date_scraped, last_update, version)
     SELECT ?, ?, ?, b.row_id, b.date, b.rdate, CAST(b.value AS REAL), b.coming, b.content, b.override, ?, ?, b.version
     FROM bank_rows b WHERE b.account_key = ? AND b.version > ? AND b.deleted = 0
       AND NOT EXISTS (SELECT 1 FROM transactions t WHERE t.id_account = ? AND t.row_id = b.row_id)
     ORDER BY b.row_id`,
    account.id_user,
    account.id_connection,
    account.id,
    timestamp,
    timestamp,
    account.account_key,
    account.synced_version,
    account.id,
  );
};

const syncAccount = (sandbox: Sandbox, account: StoredAccount, timestamp: string): void => {
  const { bank } = sandbox;
  const truth = bank.account(account.account_key);
  if (!truth) return;
  if (truth.closed === 1) {
    sandbox.store.run(
      'UPDATE accounts SET deleted = coalesce(deleted, ?) WHERE id = ?',
      timestamp,
      account.id,
    );
    return;
  }
  bank.ensureRows(account.account_key);
  dropSilently(sandbox, account);
  copyChanges(sandbox, account, timestamp);
  sandbox.store.run(
    'UPDATE accounts SET balance = ?, last_update = ?, deleted = NULL, synced_version = ? WHERE id = ?',
    bank.account(account.account_key)?.balance ?? null,
    timestamp,
    bank.version(),
    account.id,
  );
};

const readAccounts = (sandbox: Sandbox, connection: StoredConnection): void => {
  const now = sandbox.now();
  const accounts = accountsOf(sandbox, { connectionId: connection.id, all: true });
  const recreated = (account: StoredAccount): boolean =>
    accounts.some((other) => other.account_key === account.account_key && other.id > account.id);
  for (const account of accounts)
    if (account.disabled === null && !recreated(account)) syncAccount(sandbox, account, parisTimestamp(now));
  sandbox.store.run(
    'UPDATE connections SET last_update = ?, synced_ms = ?, next_try_ms = ? WHERE id = ?',
    parisTimestamp(now),
    now,
    now + DAY_MS,
    connection.id,
  );
};

/** When a connection in trouble is tried again by itself, if it is at all: a refused password less and less often. */
const planNextTry = ({ store, now }: Sandbox, connection: StoredConnection): void => {
  if (connection.next_try_ms === null || connection.next_try_ms > now()) return;
  const later = connection.state === 'wrongpass' ? 7 * DAY_MS : DAY_MS;
  store.run('UPDATE connections SET next_try_ms = ? WHERE id = ?', now() + later, connection.id);
};

/** One sync of one connection with its bank. In an error state nothing is read, but the webhook is sent all the same. */
export const syncConnection = (sandbox: Sandbox, connectionId: number): void => {
  sandbox.store.transaction(() => {
    const connection = findConnection(sandbox, connectionId);
    if (!connection) return;
    const before = new Map(
      accountsOf(sandbox, { connectionId, all: true }).map((account) => [account.id, account.synced_version]),
    );
    sandbox.store.run('UPDATE connections SET sync_due_ms = NULL WHERE id = ?', connectionId);
    if (connection.state === null && connection.active === 1) readAccounts(sandbox, connection);
    else planNextTry(sandbox, connection);
    sandbox.outbox.addRaw('CONNECTION_SYNCED', connection.id_user, connectionId, () =>
      connectionSyncedBody(sandbox, connectionId, before),
    );
  });
};
