import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { accountsOf, accountView, discoverAccount } from '../aggregator/accounts.js';
import { connectionView, findConnection, type StoredConnection } from '../aggregator/connections.js';
import { eraseConnection } from '../aggregator/erase-connection.js';
import { linkConnection } from '../aggregator/link-connection.js';
import { bodyOf, idOf, textOf } from '../api/request-context.js';
import { DEMO_CONNECTOR_ID } from '../bank/connectors.js';
import { normaliseIban } from '../bank/iban.js';
import { parisTimestamp } from '../timestamps.js';
import { BadCall, numberIn, textsIn } from './input.js';

/** What happens to connections: error states, syncs, new account ids, and links without the webview. */
export const connectionsControl = (app: FastifyInstance, sandbox: Sandbox): void => {
  const { bank, store, syncs } = sandbox;
  const today = (): string => parisTimestamp(sandbox.now()).slice(0, 10);

  const connectionOf = (request: FastifyRequest): StoredConnection => {
    const connection = findConnection(sandbox, idOf(request, 'id'));
    if (!connection) throw new BadCall('There is no such connection.');
    return connection;
  };

  const view = (id: number): Record<string, unknown> => {
    const connection = findConnection(sandbox, id);
    return {
      ...(connection && connectionView(connection)),
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

  app.patch('/connections/:id', (request) => {
    const connection = connectionOf(request);
    const body = bodyOf(request);
    const state = body.state === undefined ? connection.state : textOf(body, 'state');
    const fields = body.fields === undefined ? undefined : JSON.stringify(body.fields);
    store.run(
      'UPDATE connections SET state = ?, error_message = ?, fields = ?, active = ?, next_try_ms = ? WHERE id = ?',
      state ?? null,
      textOf(body, 'errorMessage') ?? null,
      fields ?? null,
      body.active === undefined ? connection.active : Number(body.active === true),
      state == null ? connection.next_try_ms : null,
      connection.id,
    );
    if (body.sync !== false) syncs.runNow(connection.id);
    return view(connection.id);
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

  app.post('/connections/:id/age', (request) => {
    const { id } = connectionOf(request);
    const hours = numberIn(bodyOf(request), 'hours') ?? 24;
    store.run(
      'UPDATE transactions SET last_update = datetime(last_update, ?) WHERE id_connection = ?',
      `-${hours} hours`,
      id,
    );
    return view(id);
  });

  app.post('/connections/:id/accounts', (request) => {
    const connection = connectionOf(request);
    const iban = normaliseIban(textOf(bodyOf(request), 'iban') ?? '');
    const account = bank.account(iban) ?? bank.open({ iban, until: today() });
    const accountId = discoverAccount(sandbox, connection, account);
    return { accountId };
  });

  app.post('/connections/:id/recreate-accounts', (request) => {
    const connection = connectionOf(request);
    const enabled = bodyOf(request).enabled === true;
    const timestamp = parisTimestamp(sandbox.now());
    const ids = accountsOf(sandbox, { connectionId: connection.id, all: false }).map((account) => {
      const truth = bank.account(account.account_key);
      if (!truth) throw new BadCall(`Account ${account.id} is at no bank.`);
      store.run('UPDATE accounts SET deleted = ? WHERE id = ?', timestamp, account.id);
      const id = discoverAccount(sandbox, connection, truth);
      if (enabled) store.run('UPDATE accounts SET disabled = NULL WHERE id = ?', id);
      return { was: account.id, is: id };
    });
    if (enabled) syncs.runNow(connection.id);
    return { accounts: ids };
  });

  app.post('/users/:id/connections', (request) => {
    const userId = idOf(request, 'id');
    if (!store.first('SELECT 1 FROM users WHERE id = ?', userId)) throw new BadCall('There is no such user.');
    const ibans = textsIn(request, 'ibans').map(normaliseIban);
    const connectorId =
      numberIn(bodyOf(request), 'connectorId') ?? bank.account(ibans[0] ?? '')?.id_connector;
    const accounts = bank.visibleAccounts(connectorId ?? DEMO_CONNECTOR_ID, ibans, today());
    if (accounts.length === 0) throw new BadCall('The bank has no such account.');
    const id = linkConnection(sandbox, {
      userId,
      connectorId: connectorId ?? DEMO_CONNECTOR_ID,
      accounts,
      enabledKeys: new Set(ibans.length > 0 ? ibans : accounts.map((account) => account.key)),
    });
    syncs.runNow(id);
    return view(id);
  });
};
