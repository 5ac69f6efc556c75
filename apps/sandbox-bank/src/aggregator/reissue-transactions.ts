import type { Sandbox } from '../sandbox.js';
import { parisTimestamp } from '../timestamps.js';
import { findAccount } from './accounts.js';

/**
 * The same movements under new ids, as after a rebuild at the provider. `isSilent`: the old ids are just absent;
 * otherwise they stay with `deleted` set. Their `row_id` becomes negative, so that no sync touches them again.
 */
export const reissueTransactions = (
  sandbox: Sandbox,
  accountId: number,
  which: { readonly rowIds?: readonly number[]; readonly isSilent: boolean },
): { was: number; is: number }[] => {
  const { store, bank } = sandbox;
  const account = findAccount(sandbox, accountId);
  if (!account) return [];
  const timestamp = parisTimestamp(sandbox.now());
  return store.transaction(() => {
    const version = bank.tick();
    return store
      .all<{ id: number; row_id: number }>(
        'SELECT id, row_id FROM transactions WHERE id_account = ? AND row_id > 0 AND deleted IS NULL ORDER BY id',
        accountId,
      )
      .filter(({ row_id: rowId }) => which.rowIds === undefined || which.rowIds.includes(rowId))
      .map(({ id: was }) => {
        const { id: is } = store.run(
          `INSERT INTO transactions (id_user, id_connection, id_account, row_id, date, application_date, value, coming,
             content, override, date_scraped, last_update, version)
           SELECT id_user, id_connection, id_account, row_id, date, application_date, value, coming, content, override,
             ?, ?, ? FROM transactions WHERE id = ?`,
          timestamp,
          timestamp,
          version,
          was,
        );
        if (which.isSilent) store.run('DELETE FROM transactions WHERE id = ?', was);
        else
          store.run(
            'UPDATE transactions SET row_id = -row_id, deleted = ?, last_update = ?, version = ? WHERE id = ?',
            timestamp,
            timestamp,
            version,
            was,
          );
        return { was, is };
      });
  });
};
