import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import {
  accountsOf,
  accountView,
  disableAccount,
  enableAccount,
  findAccount,
  type StoredAccount,
} from '../aggregator/accounts.js';
import { connectionView, findConnection } from '../aggregator/connections.js';
import { expansions } from '../aggregator/expanded-connection.js';
import { sum } from '../bank/decimal-text.js';
import { notFound } from './api-error.js';
import { bodyOf, booleanOf, idOf, queryOf, textOf, userOf } from './request-context.js';

type View = Record<string, unknown>;

const totals = (views: readonly View[], member: 'balance' | 'coming_balance'): Record<string, number> => {
  const byCurrency = new Map<string, string[]>();
  for (const view of views) {
    const currency = (view.currency as { id: string } | null)?.id;
    const value = view[member] as number | null;
    if (currency !== undefined && value !== null)
      byCurrency.set(currency, [...(byCurrency.get(currency) ?? []), String(value)]);
  }
  return Object.fromEntries([...byCurrency].map(([currency, values]) => [currency, Number(sum(values))]));
};

const isShown = (account: StoredAccount, request: FastifyRequest): boolean =>
  account.disabled === null || queryOf(request).all !== undefined;

/** §6: disabled and deleted accounts are hidden without `all`; a disabled one cannot even be addressed. */
export const accountRoutes = (app: FastifyInstance, sandbox: Sandbox): void => {
  const view = (account: StoredAccount, expand: string | undefined): View => {
    const connection = expansions(expand).has('connection')
      ? findConnection(sandbox, account.id_connection)
      : undefined;
    return {
      ...accountView(sandbox, account),
      ...(connection && { connection: connectionView(sandbox, connection) }),
    };
  };

  const list = (request: FastifyRequest, userId: number, accounts: readonly StoredAccount[]): View => {
    const { expand, limit, offset } = queryOf(request);
    const all = accounts.map((account) => view(account, expand));
    const start = Number(offset ?? 0) || 0;
    const { accountsPerPage } = sandbox.manners.of(userId);
    const size = Math.min(Number(limit ?? accountsPerPage), accountsPerPage);
    const balances = totals(all, 'balance');
    return {
      accounts: all.slice(start, start + size),
      balances,
      coming_balances: totals(all, 'coming_balance'),
      balance: balances.EUR ?? 0,
      total: all.length,
    };
  };

  const visible = (request: FastifyRequest, id: number): StoredAccount => {
    const userId = userOf(sandbox, request);
    const account = findAccount(sandbox, id);
    if (account?.id_user !== userId || !isShown(account, request)) throw notFound();
    return account;
  };

  const change = (account: StoredAccount, body: Record<string, unknown>): void => {
    const { store } = sandbox;
    const name = textOf(body, 'name');
    const usage = textOf(body, 'usage');
    const display = booleanOf(body, 'display');
    const bookmarked = booleanOf(body, 'bookmarked');
    store.run(
      'UPDATE accounts SET name = coalesce(?, name), usage = coalesce(?, usage), display = coalesce(?, display), bookmarked = coalesce(?, bookmarked) WHERE id = ?',
      name ?? null,
      usage ?? null,
      display === undefined ? null : Number(display),
      bookmarked === undefined ? null : Number(bookmarked),
      account.id,
    );
    const disabled = booleanOf(body, 'disabled');
    if (disabled === true && account.disabled === null) disableAccount(sandbox, account.id);
    if (disabled === false && account.disabled !== null) {
      enableAccount(sandbox, account.id);
      sandbox.syncs.request(account.id_connection);
    }
  };

  const update = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const ids = (request.params as { accountId: string }).accountId.split(',').map(Number);
    const accounts = ids.map((id) => visible(request, id));
    const fields = { ...queryOf(request), ...bodyOf(request) };
    for (const account of accounts) change(account, fields);
    const views = ids.map((id) => view(visibleAfter(id), undefined));
    return reply.send(views.length === 1 ? views[0] : { accounts: views, total: views.length });
  };

  const visibleAfter = (id: number): StoredAccount => {
    const account = findAccount(sandbox, id);
    if (!account) throw notFound();
    return account;
  };

  const path = '/users/:userId/accounts';
  app.get(path, (request) => {
    const userId = userOf(sandbox, request);
    return list(request, userId, accountsOf(sandbox, { userId, all: queryOf(request).all !== undefined }));
  });
  app.get('/users/:userId/connections/:connectionId/accounts', (request) => {
    const userId = userOf(sandbox, request);
    const connectionId = idOf(request, 'connectionId');
    if (findConnection(sandbox, connectionId)?.id_user !== userId) throw notFound();
    return list(
      request,
      userId,
      accountsOf(sandbox, { connectionId, all: queryOf(request).all !== undefined }),
    );
  });
  app.get(`${path}/:accountId`, (request) =>
    view(visible(request, idOf(request, 'accountId')), queryOf(request).expand),
  );
  app.put(`${path}/:accountId`, update);
  app.post(`${path}/:accountId`, update);
};
