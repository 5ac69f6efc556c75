import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { accountsOf, findAccount } from '../aggregator/accounts.js';
import { findConnection } from '../aggregator/connections.js';
import {
  listTransactions,
  type TransactionPage,
  type TransactionScope,
} from '../aggregator/list-transactions.js';
import { transactionJson, type StoredTransaction } from '../aggregator/transaction-json.js';
import { parseTransactionQuery, type TransactionQuery } from '../aggregator/transaction-query.js';
import type { FaultKind, FaultyRequest } from '../control/faults.js';
import { parisTimestamp } from '../timestamps.js';
import { invalidValue, noAccount, notFound } from './api-error.js';
import { bodyOf, booleanOf, idOf, queryOf, textOf, userOf } from './request-context.js';
import { changeWhilePaging } from './while-paging.js';

interface TransactionList {
  readonly userId: number;
  readonly scope: TransactionScope;
  readonly query: TransactionQuery;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** The URL of this list with another cursor: absolute, with the filters of the first call. */
const hrefWith = (request: FastifyRequest, cursor: string | null, host = request.headers.host): string => {
  const { cursor: _, ...filters } = queryOf(request);
  const query = Object.entries(filters).map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`);
  if (cursor !== null) query.push(`cursor=${encodeURIComponent(cursor)}`);
  return `http://${host}${request.url.split('?')[0]}?${query.join('&')}`;
};

/** A page more, whatever was served: the cursor stays, but no two addresses are the same. */
const endlessHref = (request: FastifyRequest): string => {
  const { round = '0', cursor = null } = queryOf(request);
  return hrefWith(request, cursor)
    .replace(/&round=\d+/, '')
    .concat(`&round=${Number(round) + 1}`);
};

const spoiltHref = (request: FastifyRequest, cursor: string, fault: FaultKind | undefined): string => {
  const href = hrefWith(request, cursor);
  if (fault === 'repeated-next') return hrefWith(request, queryOf(request).cursor ?? null);
  if (fault === 'looping-next') return hrefWith(request, null);
  if (fault === 'cross-host-next') return hrefWith(request, cursor, 'other-host.example.test');
  if (fault === 'other-port-next') return hrefWith(request, cursor, '127.0.0.1:9');
  return fault === 'relative-next' ? href.replace(/^https?:\/\/[^/]+/, '') : href;
};

const faultyRequest = (request: FastifyRequest, userId: number): FaultyRequest => ({
  method: request.method,
  path: request.url.split('?')[0] ?? '',
  userId,
});

const nextHref = (
  request: FastifyRequest,
  page: TransactionPage,
  fault: FaultKind | undefined,
): string | null => {
  if (fault === 'endless-next') return endlessHref(request);
  return page.next === null ? null : spoiltHref(request, page.next, fault);
};

const link = (href: string | null) => (href === null ? null : { href });

/** §7: lists by keyset with a mandatory limit, and the four texts a person may change on a row. */
export const transactionRoutes = (app: FastifyInstance, sandbox: Sandbox): void => {
  const { store } = sandbox;

  const send = (request: FastifyRequest, reply: FastifyReply, list: TransactionList): FastifyReply => {
    const limit = Math.min(list.query.limit, sandbox.manners.of(list.userId).rowsPerPage);
    const page = listTransactions(store, list.scope, { ...list.query, limit });
    const dates = page.rows.map((row) => row.date);
    const fault = sandbox.faults.forLinks(faultyRequest(request, list.userId), page.next !== null);
    const envelope = JSON.stringify({
      first_date: page.firstDate,
      last_date: page.lastDate,
      result_min_date: dates.at(-1) ?? null,
      result_max_date: dates.at(0) ?? null,
      total: page.total,
      _links:
        fault === 'no-links'
          ? undefined
          : {
              self: link(hrefWith(request, queryOf(request).cursor ?? null)),
              prev: link(page.prev === null ? null : hrefWith(request, page.prev)),
              next: link(nextHref(request, page, fault)),
            },
    });
    const rows = page.rows.map(transactionJson).join(',');
    const kind =
      page.unserved === null ? undefined : sandbox.faults.forPaging(faultyRequest(request, list.userId));
    if (kind !== undefined && page.unserved !== null) changeWhilePaging(sandbox, kind, page, page.unserved);
    return reply.type(JSON_TYPE).send(`{"transactions":[${rows}],${envelope.slice(1)}`);
  };

  const requireEnabled = (scope: { userId?: number; connectionId?: number }): void => {
    const accounts = accountsOf(sandbox, { ...scope, all: true });
    if (accounts.every((account) => account.disabled !== null)) throw noAccount();
  };

  app.get('/users/:userId/transactions', (request, reply) => {
    const userId = userOf(sandbox, request);
    const query = parseTransactionQuery(queryOf(request));
    requireEnabled({ userId });
    return send(request, reply, { userId, query, scope: { column: 'id_user', id: userId } });
  });

  app.get('/users/:userId/connections/:connectionId/transactions', (request, reply) => {
    const userId = userOf(sandbox, request);
    const connectionId = idOf(request, 'connectionId');
    if (findConnection(sandbox, connectionId)?.id_user !== userId) throw notFound();
    const query = parseTransactionQuery(queryOf(request));
    requireEnabled({ connectionId });
    return send(request, reply, { userId, query, scope: { column: 'id_connection', id: connectionId } });
  });

  app.get('/users/:userId/accounts/:accountId/transactions', (request, reply) => {
    const userId = userOf(sandbox, request);
    const account = findAccount(sandbox, idOf(request, 'accountId'));
    if (account?.id_user !== userId) throw notFound();
    const query = parseTransactionQuery(queryOf(request));
    if (account.disabled !== null) throw queryOf(request).all === undefined ? notFound() : noAccount();
    return send(request, reply, { userId, query, scope: { column: 'id_account', id: account.id } });
  });

  const own = (request: FastifyRequest): StoredTransaction => {
    const userId = userOf(sandbox, request);
    const row = store.first<StoredTransaction>(
      'SELECT * FROM transactions WHERE id = ?',
      idOf(request, 'transactionId'),
    );
    const isShown = row?.deleted === null || queryOf(request).all !== undefined;
    if (row?.id_user !== userId || !isShown) throw notFound();
    return row;
  };

  app.get('/users/:userId/transactions/:transactionId', (request, reply) =>
    reply.type(JSON_TYPE).send(transactionJson(own(request))),
  );

  app.post('/users/:userId/transactions/:transactionId', (request, reply) => {
    const row = own(request);
    const body = bodyOf(request);
    const applied = textOf(body, 'application_date');
    if (applied !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(applied))
      throw invalidValue('application_date', 'must be a date');
    const active = booleanOf(body, 'active');
    store.run(
      `UPDATE transactions SET user_wording = coalesce(?, user_wording), comment = coalesce(?, comment),
         user_application_date = coalesce(?, user_application_date), application_date = coalesce(?, application_date),
         active = coalesce(?, active), last_update = ? WHERE id = ?`,
      textOf(body, 'wording') ?? null,
      textOf(body, 'comment') ?? null,
      applied ?? null,
      applied ?? null,
      active === undefined ? null : Number(active),
      parisTimestamp(sandbox.now()),
      row.id,
    );
    return reply.type(JSON_TYPE).send(transactionJson(own(request)));
  });
};
