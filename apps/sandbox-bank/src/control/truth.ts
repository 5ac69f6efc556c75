import type { Sandbox } from '../sandbox.js';
import type { BankAccount } from '../bank/bank.js';
import { rowFromContent } from '../bank/row-content.js';

/** Where a row of a bank can be found in the provider's API. */
interface ProviderCopy {
  readonly row_id: number;
  readonly userId: number;
  readonly connectionId: number;
  readonly accountId: number;
  readonly transactionId: number;
  readonly deleted: string | null;
  readonly lastUpdate: string;
}

/** Every row of a bank account with its copies at the provider, for tests to compare with. */
export const truthOf = (sandbox: Sandbox, account: BankAccount): Record<string, unknown> => {
  const copies = new Map<number, Omit<ProviderCopy, 'row_id'>[]>();
  for (const { row_id: rowId, ...copy } of sandbox.store.all<ProviderCopy>(
    `SELECT abs(t.row_id) AS row_id, t.id_user AS userId, t.id_connection AS connectionId, t.id_account AS accountId,
       t.id AS transactionId, t.deleted, t.last_update AS lastUpdate
     FROM transactions t JOIN accounts a ON a.id = t.id_account WHERE a.account_key = ? ORDER BY t.id`,
    account.key,
  ))
    copies.set(rowId, [...(copies.get(rowId) ?? []), copy]);
  const rows = sandbox.bank.rows(account.key).map((stored) => ({
    rowId: stored.row_id,
    ...rowFromContent(stored),
    deleted: stored.deleted !== 0,
    bad: stored.override !== null,
    copies: copies.get(stored.row_id) ?? [],
  }));
  return {
    key: account.key,
    iban: account.iban,
    currency: account.currency,
    balance: account.balance,
    count: rows.length,
    transactions: rows,
  };
};
