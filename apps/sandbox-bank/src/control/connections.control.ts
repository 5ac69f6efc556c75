import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import {
  accountsOf,
  accountView,
  disableAccount,
  discoverAccount,
  enableAccount,
  findAccount,
} from '../aggregator/accounts.js';
import { setConnectionState } from '../aggregator/connection-state.js';
import { connectionView, findConnection, type StoredConnection } from '../aggregator/connections.js';
import { eraseConnection } from '../aggregator/erase-connection.js';
import { linkConnection, repairConnection } from '../aggregator/link-connection.js';
import { setOverride } from '../aggregator/overrides.js';
import { OLD_ACCOUNTS, recreateAccounts } from '../aggregator/recreate-accounts.js';
import { reissueTransactions } from '../aggregator/reissue-transactions.js';
import { bodyOf, idOf, textOf } from '../api/request-context.js';
import { DEMO_CONNECTOR_ID } from '../bank/connectors.js';
import { ibanFault, normaliseIban } from '../bank/iban.js';
import { parisTimestamp } from '../timestamps.js';
import {
  BadCall,
  choiceIn,
  flagIn,
  HOUR_MS,
  hoursIn,
  idsIn,
  numberIn,
  overrideIn,
  textsIn,
  timestampIn,
} from './input.js';
import { takes } from './known-members.js';

const keysIn = (request: FastifyRequest): string[] | undefined =>
  bodyOf(request).ibans === undefined ? undefined : textsIn(request, 'ibans').map(normaliseIban);

const CHANGE = [
  'state',
  'errorMessage',
  'fields',
  'nextTryHours',
  'healsAfterHours',
  'expiresInHours',
  'stalled',
  'lastUpdate',
  'active',
  'override',
  'sync',
];

/** What happens to connections: error states, syncs, new account ids, and links without the webview. */
export const connectionsControl = (app: FastifyInstance, sandbox: Sandbox): void => {
  const { bank, store, syncs } = sandbox;
  const today = (): string => parisTimestamp(sandbox.now()).slice(0, 10);

  const connectionOf = (request: FastifyRequest): StoredConnection => {
    const connection = findConnection(sandbox, idOf(request, 'id'));
    if (!connection) throw new BadCall('There is no such connection.');
    return connection;
  };

  /** An account that is there is taken as it is: the key of a card or a savings book is no IBAN. */
  const refuseUnopenable = (iban: string): void => {
    const fault = bank.account(iban) === undefined ? ibanFault(iban) : undefined;
    if (fault !== undefined) throw new BadCall(`${iban} ${fault}`);
  };

  const view = (id: number): Record<string, unknown> => {
    const connection = findConnection(sandbox, id);
    return {
      ...(connection && connectionView(sandbox, connection)),
      accounts: accountsOf(sandbox, { connectionId: id, all: true }).map((account) =>
        accountView(sandbox, account),
      ),
    };
  };

  app.get('/connections', () => ({
    connections: store
      .all<{ id: number }>('SELECT id FROM connections ORDER BY id')
      .map(({ id }) => view(id)),
  }));

  app.get('/connections/:id', (request) => view(connectionOf(request).id));

  app.patch('/connections/:id', takes(CHANGE), (request) => {
    const { id, ...connection } = connectionOf(request);
    const body = bodyOf(request);
    const expires = hoursIn(body, 'expiresInHours');
    const lastUpdate = timestampIn(body, 'lastUpdate');
    const override = overrideIn(body);
    const [active, stalled, sync] = ['active', 'stalled', 'sync'].map((name) => flagIn(body, name));
    if (body.state !== undefined || body.errorMessage !== undefined || body.fields !== undefined)
      setConnectionState(sandbox, id, {
        state: body.state === undefined ? connection.state : (textOf(body, 'state') ?? null),
        errorMessage: textOf(body, 'errorMessage') ?? null,
        fields: body.fields,
        nextTryHours: hoursIn(body, 'nextTryHours'),
        healsAfterHours: hoursIn(body, 'healsAfterHours'),
      });
    store.run(
      `UPDATE connections SET active = ?, expire_ms = ?, last_update = ?,
         next_try_ms = CASE WHEN ? THEN NULL ELSE next_try_ms END WHERE id = ?`,
      active === undefined ? connection.active : Number(active),
      expires === undefined ? connection.expire_ms : sandbox.now() + Math.round(expires * HOUR_MS),
      lastUpdate === undefined ? connection.last_update : lastUpdate,
      stalled === true ? 1 : 0,
      id,
    );
    if (override !== undefined) setOverride(store, `connection:${id}`, override);
    if (sync !== false) syncs.runNow(id);
    return view(id);
  });

  app.post('/connections/:id/repair', (request) => {
    const { id } = connectionOf(request);
    repairConnection(sandbox, id);
    syncs.runNow(id);
    return view(id);
  });

  app.delete('/connections/:id', (request) => {
    eraseConnection(sandbox, connectionOf(request));
    return { deleted: true };
  });

  app.post('/connections/:id/sync', (request) => {
    const { id } = connectionOf(request);
    syncs.runNow(id);
    return view(id);
  });

  app.post('/connections/:id/age', takes(['hours', 'accountId']), (request) => {
    const { id } = connectionOf(request);
    const hours = numberIn(bodyOf(request), 'hours') ?? 24;
    const accountId = numberIn(bodyOf(request), 'accountId') ?? null;
    store.run(
      'UPDATE transactions SET last_update = datetime(last_update, ?) WHERE id_connection = ? AND id_account = coalesce(?, id_account)',
      `-${hours} hours`,
      id,
      accountId,
    );
    return view(id);
  });

  app.post('/connections/:id/accounts', takes(['iban']), (request) => {
    const connection = connectionOf(request);
    const iban = normaliseIban(textOf(bodyOf(request), 'iban') ?? '');
    refuseUnopenable(iban);
    const account = bank.account(iban) ?? bank.open({ iban, until: today() });
    const accountId = discoverAccount(sandbox, connection, account);
    return { accountId };
  });

  app.post(
    '/connections/:id/recreate-accounts',
    takes(['ibans', 'enabled', 'old', 'withoutIban']),
    (request) => {
      const body = bodyOf(request);
      const accounts = recreateAccounts(sandbox, connectionOf(request), {
        keys: keysIn(request),
        enabled: flagIn(body, 'enabled') === true,
        old: choiceIn(body, 'old', OLD_ACCOUNTS) ?? 'deleted',
        withoutIban: flagIn(body, 'withoutIban') === true,
      });
      return { accounts };
    },
  );

  app.post(
    '/connections/:id/reissue-transactions',
    takes(['ibans', 'rowIds', 'tombstone', 'sync']),
    (request) => {
      const { id } = connectionOf(request);
      const body = bodyOf(request);
      const keys = keysIn(request);
      const isSilent = flagIn(body, 'tombstone') === false;
      const sync = flagIn(body, 'sync');
      const transactions = accountsOf(sandbox, { connectionId: id, all: false })
        .filter(({ account_key: key }) => keys === undefined || keys.includes(key))
        .flatMap((account) =>
          reissueTransactions(sandbox, account.id, {
            isSilent,
            ...(body.rowIds !== undefined && { rowIds: idsIn(body, 'rowIds') }),
          }),
        );
      if (sync !== false) syncs.runNow(id);
      return { transactions };
    },
  );

  const accountOf = (request: FastifyRequest): number => {
    const account = findAccount(sandbox, idOf(request, 'accountId'));
    if (account?.id_connection !== connectionOf(request).id)
      throw new BadCall('The connection has no such account.');
    return account.id;
  };

  app.patch('/connections/:id/accounts/:accountId', takes(['disabled', 'override']), (request) => {
    const accountId = accountOf(request);
    const disabled = flagIn(bodyOf(request), 'disabled');
    const override = overrideIn(bodyOf(request));
    if (disabled === true) disableAccount(sandbox, accountId);
    if (disabled === false) {
      enableAccount(sandbox, accountId);
      syncs.runNow(connectionOf(request).id);
    }
    if (override !== undefined) setOverride(store, `copy:${accountId}`, override);
    return view(connectionOf(request).id);
  });

  /** The provider knows it no longer, and says nothing. */
  app.delete('/connections/:id/accounts/:accountId', (request) => {
    const accountId = accountOf(request);
    store.run('DELETE FROM transactions WHERE id_account = ?', accountId);
    store.run('DELETE FROM accounts WHERE id = ?', accountId);
    return view(connectionOf(request).id);
  });

  app.post('/users/:id/connections', takes(['ibans', 'connectorId']), (request) => {
    const userId = idOf(request, 'id');
    if (!store.first('SELECT 1 FROM users WHERE id = ?', userId)) throw new BadCall('There is no such user.');
    const ibans = textsIn(request, 'ibans').map(normaliseIban);
    for (const iban of ibans) refuseUnopenable(iban);
    const connectorId =
      numberIn(bodyOf(request), 'connectorId') ?? bank.account(ibans[0] ?? '')?.id_connector;
    const accounts = bank.visibleAccounts(connectorId ?? DEMO_CONNECTOR_ID, ibans, today());
    if (accounts.length === 0) throw new BadCall('The bank has no such account.');
    const id = linkConnection(sandbox, {
      userId,
      connectorId: connectorId ?? DEMO_CONNECTOR_ID,
      accounts,
      enabledKeys: new Set(ibans.length > 0 ? ibans : accounts.map((account) => account.key)),
      isReadByCaller: true,
    });
    syncs.runNow(id);
    return view(id);
  });
};
