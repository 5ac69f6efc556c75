import type { Sandbox } from '../sandbox.js';
import type { StoredAccount } from './accounts.js';

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
const copyChanges = (
  { store }: Sandbox,
  account: StoredAccount,
  timestamp: string,
  only: readonly number[] | null,
): void => {
  const which = only === null ? '' : ' AND b.row_id IN (SELECT value FROM json_each(?))';
  const ids = only === null ? [] : [JSON.stringify(only)];
  store.run(
    `UPDATE transactions SET date = b.date, value = CAST(b.value AS REAL), coming = b.coming, content = b.content,
       override = b.override, version = b.version, last_update = ?,
       application_date = coalesce(user_application_date, b.rdate),
       deleted = CASE b.deleted WHEN 1 THEN coalesce(transactions.deleted, ?) ELSE NULL END
     FROM bank_rows b
     WHERE b.row_id = transactions.row_id AND transactions.id_account = ? AND b.account_key = ? AND b.version > ?${which}`,
    timestamp,
    timestamp,
    account.id,
    account.account_key,
    account.synced_version,
    ...ids,
  );
  store.run(
    `INSERT INTO transactions (id_user, id_connection, id_account, row_id, date, application_date, value, coming,
       content, override, date_scraped, last_update, version)
     SELECT ?, ?, ?, b.row_id, b.date, b.rdate, CAST(b.value AS REAL), b.coming, b.content, b.override, ?, ?, b.version
     FROM bank_rows b WHERE b.account_key = ? AND b.version > ? AND b.deleted = 0
       AND NOT EXISTS (SELECT 1 FROM transactions t WHERE t.id_account = ? AND t.row_id = b.row_id)${which}
     ORDER BY b.row_id`,
    account.id_user,
    account.id_connection,
    account.id,
    timestamp,
    timestamp,
    account.account_key,
    account.synced_version,
    account.id,
    ...ids,
  );
};

/** Of what the bank has new, the half that happened first; of a single row nothing. */
const firstHalf = ({ store }: Sandbox, account: StoredAccount): readonly number[] | null => {
  const changed = store.all<{ row_id: number }>(
    'SELECT row_id FROM bank_rows WHERE account_key = ? AND version > ? ORDER BY version, row_id',
    account.account_key,
    account.synced_version,
  );
  return changed.length === 0
    ? null
    : changed.slice(0, Math.floor(changed.length / 2)).map((row) => row.row_id);
};

/** Reads one account at its bank, as of `timestamp`. With `half` some rows may be left out: then it is read to its end later. */
export const syncAccount = (
  sandbox: Sandbox,
  account: StoredAccount,
  timestamp: string,
  part: 'half' | 'whole',
): void => {
  const { bank, store } = sandbox;
  const truth = bank.account(account.account_key);
  if (!truth) return;
  if (truth.closed === 1) {
    store.run('UPDATE accounts SET deleted = coalesce(deleted, ?) WHERE id = ?', timestamp, account.id);
    return;
  }
  bank.ensureRows(account.account_key);
  const only = part === 'half' ? firstHalf(sandbox, account) : null;
  if (only === null) dropSilently(sandbox, account);
  copyChanges(sandbox, account, timestamp, only);
  store.run(
    'UPDATE accounts SET balance = ?, last_update = ?, deleted = NULL, synced_version = ? WHERE id = ?',
    bank.account(account.account_key)?.balance ?? null,
    timestamp,
    only === null ? bank.version() : account.synced_version,
    account.id,
  );
};
