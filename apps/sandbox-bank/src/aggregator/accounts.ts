import type { Sandbox } from '../sandbox.js';
import type { BankAccount } from '../bank/bank.js';
import { currencyOf } from '../bank/currencies.js';
import { sum } from '../bank/decimal-text.js';
import { parisTimestamp } from '../timestamps.js';
import { sourceIdOf } from './connections.js';
import { overridden } from './overrides.js';

export interface StoredAccount {
  readonly id: number;
  readonly id_connection: number;
  readonly id_user: number;
  readonly account_key: string;
  readonly name: string;
  readonly display: number;
  readonly bookmarked: number;
  readonly usage: string | null;
  readonly balance: string | null;
  readonly last_update: string | null;
  readonly deleted: string | null;
  readonly disabled: string | null;
  readonly synced_version: number;
}

const TYPE_IDS: Readonly<Record<string, number>> = { checking: 2, savings: 3, card: 8 };

export const findAccount = ({ store }: Sandbox, id: number): StoredAccount | undefined =>
  store.first<StoredAccount>('SELECT * FROM accounts WHERE id = ?', id);

/** Accounts of a user or a connection; disabled and deleted ones only with `all`. */
export const accountsOf = (
  { store }: Sandbox,
  scope: { userId?: number; connectionId?: number; all: boolean },
): StoredAccount[] => {
  const column = scope.connectionId === undefined ? 'id_user' : 'id_connection';
  const visible = scope.all ? '' : ' AND disabled IS NULL AND deleted IS NULL';
  return store.all<StoredAccount>(
    `SELECT * FROM accounts WHERE ${column} = ?${visible} ORDER BY id`,
    scope.connectionId ?? scope.userId ?? null,
  );
};

const comingOf = ({ store }: Sandbox, accountId: number): string | null => {
  const rows = store.all<{ value: string }>(
    'SELECT b.value FROM transactions t JOIN bank_rows b ON b.row_id = t.row_id WHERE t.id_account = ? AND t.coming = 1 AND t.deleted IS NULL',
    accountId,
  );
  return rows.length === 0 ? null : sum(rows.map((row) => row.value));
};

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));

export const accountView = (sandbox: Sandbox, account: StoredAccount): Record<string, unknown> => {
  const bank = sandbox.store.first<BankAccount>(
    'SELECT * FROM bank_accounts WHERE key = ?',
    account.account_key,
  );
  if (!bank) throw new Error(`Account ${account.id} has no bank account ${account.account_key}.`);
  const shared = account.disabled === null;
  const coming = shared ? comingOf(sandbox, account.id) : null;
  const balance = shared ? account.balance : null;
  const parent =
    bank.parent_key === null
      ? undefined
      : sandbox.store.first<{ id: number }>(
          'SELECT id FROM accounts WHERE id_connection = ? AND account_key = ? ORDER BY deleted IS NOT NULL, id DESC',
          account.id_connection,
          bank.parent_key,
        );
  const view = {
    id: account.id,
    id_connection: account.id_connection,
    id_user: account.id_user,
    id_source: sourceIdOf(account.id_connection),
    id_parent: parent?.id ?? null,
    number: bank.number,
    original_name: bank.original_name,
    name: account.name,
    type: bank.type,
    id_type: TYPE_IDS[bank.type] ?? 9,
    usage: account.usage,
    ownership: null,
    company_name: null,
    iban: bank.iban,
    bic: bank.bic,
    currency: shared || bank.type === 'checking' ? currencyOf(bank.currency) : null,
    balance: numberOrNull(balance),
    coming: numberOrNull(coming),
    coming_balance: balance === null ? null : Number(sum([balance, coming ?? '0'])),
    formatted_balance:
      balance === null ? null : `${balance.replace('.', ',')} ${currencyOf(bank.currency).symbol}`,
    display: account.display === 1,
    bookmarked: account.bookmarked,
    information: {},
    opening_date: null,
    webid: `w${account.account_key.slice(-6)}`,
    last_update: account.last_update,
    deleted: account.deleted,
    disabled: account.disabled,
    error: null,
    loan: null,
  };
  return overridden(sandbox.store, view, `account:${account.account_key}`, `copy:${account.id}`);
};

const accountEvent = (sandbox: Sandbox, event: 'ACCOUNT_ENABLED' | 'ACCOUNT_DISABLED', id: number): void => {
  const account = findAccount(sandbox, id);
  if (account)
    sandbox.outbox.add(event, account.id_user, account.id_connection, accountView(sandbox, account));
};

/** The person's consent; the account is read by the sync that follows. */
export const enableAccount = (sandbox: Sandbox, id: number): void => {
  sandbox.store.run('UPDATE accounts SET disabled = NULL, synced_version = 0 WHERE id = ?', id);
  accountEvent(sandbox, 'ACCOUNT_ENABLED', id);
};

/** Consent withdrawn: everything below the account is erased. */
export const disableAccount = (sandbox: Sandbox, id: number): void =>
  sandbox.store.transaction(() => {
    sandbox.store.run('DELETE FROM transactions WHERE id_account = ?', id);
    sandbox.store.run(
      'UPDATE accounts SET disabled = ?, synced_version = 0 WHERE id = ?',
      parisTimestamp(sandbox.now()),
      id,
    );
    accountEvent(sandbox, 'ACCOUNT_DISABLED', id);
  });

/** A bank account that a connection sees for the first time: disabled, until the person agrees. */
export const discoverAccount = (
  sandbox: Sandbox,
  connection: { id: number; id_user: number },
  bank: BankAccount,
): number => {
  const disabled = parisTimestamp(sandbox.now());
  const { id } = sandbox.store.run(
    "INSERT INTO accounts (id_connection, id_user, account_key, name, usage, disabled) VALUES (?, ?, ?, ?, 'ORGA', ?)",
    connection.id,
    connection.id_user,
    bank.key,
    bank.name,
    disabled,
  );
  sandbox.outbox.add('ACCOUNT_FOUND', connection.id_user, connection.id, {
    id,
    id_user: connection.id_user,
    id_connection: connection.id,
    disabled,
    type: bank.type,
  });
  return id;
};
