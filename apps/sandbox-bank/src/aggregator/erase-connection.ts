import type { Sandbox } from '../sandbox.js';
import { connectionView, type StoredConnection } from './connections.js';

/** Irreversible, as at the provider. */
export const eraseConnection = (sandbox: Sandbox, connection: StoredConnection): void =>
  sandbox.store.transaction(() => {
    const { store, outbox } = sandbox;
    store.run('DELETE FROM transactions WHERE id_connection = ?', connection.id);
    store.run('DELETE FROM accounts WHERE id_connection = ?', connection.id);
    store.run('DELETE FROM connections WHERE id = ?', connection.id);
    outbox.add('CONNECTION_DELETED', connection.id_user, connection.id, {
      ...connectionView(sandbox, connection),
      active: false,
    });
  });
