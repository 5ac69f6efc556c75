import type { Sandbox } from '../sandbox.js';
import { accountsOf, accountView, findAccount, type StoredAccount } from './accounts.js';
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

const accountMembers = (sandbox: Sandbox, account: StoredAccount): string =>
  withoutBraces(accountView(sandbox, account));

/** The members of a body about a connection, without braces; `accounts`: their JSON. */
const connectionBody = (
  sandbox: Sandbox,
  connectionId: number,
  jsonOf: (account: StoredAccount) => string,
): string => {
  const connection = findConnection(sandbox, connectionId);
  if (!connection) throw new Error(`There is no connection ${connectionId}.`);
  const user = sandbox.store.first<{ id: number; signin: string }>(
    'SELECT id, signin FROM users WHERE id = ?',
    connection.id_user,
  );
  const accounts =
    connection.state === null ? accountsOf(sandbox, { connectionId, all: false }).map(jsonOf) : [];
  const whole = {
    ...connectionView(sandbox, connection),
    connector: connectorOf(connection),
    sources: [sourceView(connection)],
  };
  const head = withoutBraces(overridden(sandbox.store, whole, `connection:${connectionId}`));
  return `"user":${JSON.stringify(user)},"connection":{${head},"accounts":[${accounts.join(',')}],"subscriptions":[]}`;
};

/**
 * The members of a CONNECTION_SYNCED body, without braces: enabled accounts with what this sync found new, changed or
 * deleted in them. `before`: the version up to which each account was known.
 */
export const connectionSyncedBody = (
  sandbox: Sandbox,
  connectionId: number,
  before: ReadonlyMap<number, number>,
): string =>
  connectionBody(
    sandbox,
    connectionId,
    (account) =>
      `{${accountMembers(sandbox, account)},"transactions":[${changedRows(sandbox, account.id, before.get(account.id) ?? 0)}]}`,
  );

/** The same of ACCOUNTS_FETCHED: the accounts are read, their rows are not. */
export const accountsFetchedBody = (sandbox: Sandbox, connectionId: number): string =>
  connectionBody(sandbox, connectionId, (account) => `{${accountMembers(sandbox, account)}}`);

/** The same of ACCOUNT_SYNCED: one account is read to its end. `before`: the version up to which it was known. */
export const accountSyncedBody = (sandbox: Sandbox, accountId: number, before: number): string => {
  const account = findAccount(sandbox, accountId);
  if (!account) throw new Error(`There is no account ${accountId}.`);
  const rows = changedRows(sandbox, accountId, before);
  return `${accountMembers(sandbox, account)},"transactions":[${rows}],"investments":[]`;
};
