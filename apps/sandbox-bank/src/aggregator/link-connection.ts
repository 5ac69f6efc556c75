import type { Sandbox } from '../sandbox.js';
import type { BankAccount } from '../bank/bank.js';
import { parisTimestamp } from '../timestamps.js';
import { discoverAccount } from './accounts.js';

const CONSENT_MS = 180 * 86_400_000;

/** What the webview does when the person is done: a connection, its accounts, and the consent for the ticked ones. */
export const linkConnection = (
  sandbox: Sandbox,
  link: {
    userId: number;
    connectorId: number;
    accounts: readonly BankAccount[];
    enabledKeys: ReadonlySet<string>;
    /** The caller reads the bank itself. */
    isReadByCaller?: boolean;
  },
): number => {
  const { store, now } = sandbox;
  const id = store.transaction(() => {
    const { id } = store.run(
      'INSERT INTO connections (id_user, id_connector, created, expire_ms) VALUES (?, ?, ?, ?)',
      link.userId,
      link.connectorId,
      parisTimestamp(now()),
      now() + CONSENT_MS,
    );
    for (const bank of link.accounts) {
      const accountId = discoverAccount(sandbox, { id, id_user: link.userId }, bank);
      if (link.enabledKeys.has(bank.key))
        store.run('UPDATE accounts SET disabled = NULL WHERE id = ?', accountId);
    }
    return id;
  });
  if (link.isReadByCaller !== true) sandbox.syncs.request(id);
  return id;
};

/** The person has come back and confirmed: the connection works again and is read at once. */
export const repairConnection = (sandbox: Sandbox, connectionId: number): void => {
  sandbox.store.run('DELETE FROM connection_heals WHERE id_connection = ?', connectionId);
  sandbox.store.run(
    'UPDATE connections SET state = NULL, error_message = NULL, fields = NULL, active = 1, expire_ms = ? WHERE id = ?',
    sandbox.now() + CONSENT_MS,
    connectionId,
  );
  sandbox.syncs.request(connectionId);
};
