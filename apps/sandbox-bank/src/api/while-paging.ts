import type { Sandbox } from '../sandbox.js';
import { findAccount } from '../aggregator/accounts.js';
import type { TransactionPage } from '../aggregator/list-transactions.js';
import type { StoredTransaction } from '../aggregator/transaction-json.js';
import { everydayRow } from '../bank/everyday-row.js';
import { randomFrom } from '../bank/random.js';
import type { PagingFault } from '../control/faults.js';

/**
 * What a bank does between two pages: rows appear on the days that were served and on those that were not, a row not
 * yet served moves to the day served first, amounts change, or rows go. The connection is read at once, so that the
 * next page tells of it.
 */
export const changeWhilePaging = (
  sandbox: Sandbox,
  kind: PagingFault,
  page: TransactionPage,
  unserved: StoredTransaction,
): void => {
  const { bank, syncs } = sandbox;
  const served = page.rows[0];
  const account = findAccount(sandbox, unserved.id_account);
  if (!served || !account) return;
  const [early, late] = [bank.row(served.row_id), bank.row(unserved.row_id)];
  if (kind === 'insert-while-paging') {
    const random = randomFrom(`${account.account_key}:paging:${bank.version()}`);
    bank.post(
      account.account_key,
      [served.date, unserved.date].map((date) => ({ ...everydayRow(random, date), date })),
    );
  }
  if (kind === 'redate-while-paging' && late) bank.change(late, { date: served.date });
  for (const row of [early, late]) {
    if (!row) continue;
    if (kind === 'change-while-paging') bank.change(row, { originalWording: `RECTIF ${row.row_id}` });
    if (kind === 'delete-while-paging') bank.remove(row.row_id);
  }
  for (const id of new Set([served.id_connection, unserved.id_connection])) syncs.runNow(id);
};
