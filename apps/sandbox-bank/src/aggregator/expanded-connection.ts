import type { Sandbox } from '../sandbox.js';
import { accountsOf, accountView } from './accounts.js';
import { connectionView, connectorOf, sourceView, type StoredConnection } from './connections.js';
import { overridden } from './overrides.js';

/** `expand=a,b[c,d]` and `connection.connector`: what is asked for at the first level. */
export const expansions = (expand: string | undefined): Set<string> =>
  new Set(
    (expand ?? '')
      .replace(/\[[^\]]*\]/g, '')
      .split(',')
      .map((name) => name.split('.')[0]?.trim() ?? ''),
  );

export const expandedConnection = (
  sandbox: Sandbox,
  connection: StoredConnection,
  expand: string | undefined,
): Record<string, unknown> => {
  const wanted = expansions(expand);
  const accounts = (all: boolean) =>
    accountsOf(sandbox, { connectionId: connection.id, all }).map((account) => accountView(sandbox, account));
  const view = {
    ...connectionView(sandbox, connection),
    ...(wanted.has('connector') && { connector: connectorOf(connection) }),
    ...(wanted.has('sources') && { sources: [sourceView(connection)] }),
    ...(wanted.has('accounts') && { accounts: accounts(false) }),
    ...(wanted.has('all_accounts') && { all_accounts: accounts(true) }),
    ...(wanted.has('subscriptions') && { subscriptions: [] }),
    ...(wanted.has('all_subscriptions') && { all_subscriptions: [] }),
  };
  return overridden(sandbox.store, view, `connection:${connection.id}`);
};
