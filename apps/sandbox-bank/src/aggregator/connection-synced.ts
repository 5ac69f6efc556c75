import type { Sandbox } from '../sandbox.js';
import { accountsOf, accountView } from './accounts.js';
import { connectionView, connectorOf, findConnection, sourceView } from './connections.js';
import { overridden } from './overrides.js';
import { transactionJson, type StoredTransaction } from './transaction-json.js';

const withoutBraces = (value: unknown): string => JSON.stringify(value).slice(1, -1);

const changedRows = (sandbox: Sandbox, accountId: number, after: number): string =>
  sandbox.store
    .all<StoredTransaction>(
      'SELECT * FROM transactions WHERE id_account = ? AND version > ? ORDER BY date DESC, id LIMIT ?',
      accountId,
      after,
      sandbox.settings.webhookMaxTransactions ?? -1,
    )
    .map(transactionJson)
    .join(',');

/**
 * The members of a CONNECTION_SYNCED body, without braces: enabled accounts with what this sync found new, changed or
 * deleted in them. `before`: the version up to which each account was known.
 */
export const connectionSyncedBody = (
  sandbox: Sandbox,
  connectionId: number,
  before: ReadonlyMap<number, number>,
): string => {
  const connection = findConnection(sandbox, connectionId);
  if (!connection) throw new Error(`There is no connection ${connectionId}.`);
  const user = sandbox.store.first<{ id: number; signin: string }>(
    'SELECT id, signin FROM users WHERE id = ?',
    connection.id_user,
  );
  const accounts =
    connection.state === null
      ? accountsOf(sandbox, { connectionId, all: false }).map(
          (account) =>
            `{${withoutBraces(accountView(sandbox, account))},"transactions":[${changedRows(sandbox, account.id, before.get(account.id) ?? 0)}]}`,
        )
      : [];
  const whole = {
    ...connectionView(sandbox, connection),
    connector: connectorOf(connection),
    sources: [sourceView(connection)],
  };
  const head = withoutBraces(overridden(sandbox.store, whole, `connection:${connectionId}`));
  return `"user":${JSON.stringify(user)},"connection":{${head},"accounts":[${accounts.join(',')}],"subscriptions":[]}`;
};
