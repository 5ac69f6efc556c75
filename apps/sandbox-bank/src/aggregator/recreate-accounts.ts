import type { Sandbox } from '../sandbox.js';
import { parisTimestamp } from '../timestamps.js';
import { accountsOf, discoverAccount } from './accounts.js';
import type { StoredConnection } from './connections.js';
import { setOverride } from './overrides.js';

export const OLD_ACCOUNTS = ['deleted', 'absent', 'stays'] as const;

export interface Recreation {
  /** Only these accounts of the bank; without it all that are shared. */
  readonly keys?: readonly string[];
  /** Whether the person's consent goes with them; otherwise the new ones are disabled. */
  readonly enabled: boolean;
  /** What becomes of the old ones: marked as deleted, gone without a trace, or still there beside the new ones. */
  readonly old: (typeof OLD_ACCOUNTS)[number];
  /** The new ones tell no IBAN. */
  readonly withoutIban: boolean;
}

/** The same accounts under new ids, as after a breakdown of the connection. */
export const recreateAccounts = (
  sandbox: Sandbox,
  connection: StoredConnection,
  how: Recreation,
): { was: number; is: number }[] => {
  const { store, bank } = sandbox;
  const timestamp = parisTimestamp(sandbox.now());
  const accounts = accountsOf(sandbox, { connectionId: connection.id, all: false }).filter(
    ({ account_key: key }) => how.keys === undefined || how.keys.includes(key),
  );
  const made = store.transaction(() =>
    accounts.flatMap((account) => {
      const truth = bank.account(account.account_key);
      if (!truth) return [];
      if (how.old === 'deleted')
        store.run('UPDATE accounts SET deleted = ? WHERE id = ?', timestamp, account.id);
      if (how.old === 'absent') {
        store.run('DELETE FROM transactions WHERE id_account = ?', account.id);
        store.run('DELETE FROM accounts WHERE id = ?', account.id);
      }
      const id = discoverAccount(sandbox, connection, truth);
      if (how.withoutIban) setOverride(store, `copy:${id}`, { set: { iban: null } });
      if (how.enabled) store.run('UPDATE accounts SET disabled = NULL WHERE id = ?', id);
      return [{ was: account.id, is: id }];
    }),
  );
  if (how.enabled) sandbox.syncs.runNow(connection.id);
  return made;
};
