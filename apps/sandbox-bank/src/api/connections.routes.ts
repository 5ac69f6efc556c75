import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { eraseConnection } from '../aggregator/erase-connection.js';
import {
  connectionView,
  findConnection,
  sourceView,
  type StoredConnection,
} from '../aggregator/connections.js';
import { expandedConnection } from '../aggregator/expanded-connection.js';
import { repairConnection } from '../aggregator/link-connection.js';
import { ApiError, invalidValue, notFound } from './api-error.js';
import { bodyOf, booleanOf, idOf, queryOf, userOf } from './request-context.js';

const NEEDS_USER = new Set([
  'SCARequired',
  'webauthRequired',
  'additionalInformationNeeded',
  'decoupled',
  'wrongpass',
  'passwordExpired',
  'actionNeeded',
]);

const SECOND_MS = 1_000;

/** §5: connections are made in the webview; here they are read, refreshed, changed and deleted. */
export const connectionRoutes = (app: FastifyInstance, sandbox: Sandbox): void => {
  const { store } = sandbox;
  const path = '/users/:userId/connections';

  const own = (request: FastifyRequest): StoredConnection => {
    const userId = userOf(sandbox, request);
    const connection = findConnection(sandbox, idOf(request, 'connectionId'));
    if (connection?.id_user !== userId) throw notFound();
    return connection;
  };

  const current = (connection: StoredConnection): Record<string, unknown> =>
    connectionView(sandbox, findConnection(sandbox, connection.id) ?? connection);

  const refuseWhenRecent = (connection: StoredConnection): void => {
    const age = sandbox.now() - (connection.synced_ms ?? 0);
    if (sandbox.syncs.isRunning(connection.id) || age < sandbox.manners.of(connection.id_user).recentSyncMs)
      throw new ApiError(409, 'tooManySync', 'Connection was refreshed recently');
  };

  const forceSync = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const connection = own(request);
    const attended = booleanOf(queryOf(request), 'psu_requested') ?? true;
    if (connection.state !== null && NEEDS_USER.has(connection.state))
      return reply.code(attended ? 202 : 200).send(connectionView(sandbox, connection));
    refuseWhenRecent(connection);
    const { clock } = sandbox;
    // Timestamps are of whole seconds: who asks for a newer look could not tell it from the last one.
    if (clock.isFrozen && connection.synced_ms === clock.now()) clock.set(clock.now() + SECOND_MS);
    sandbox.syncs.request(connection.id);
    return reply.send(current(connection));
  };

  app.get(path, (request) => {
    const connections = store.all<StoredConnection>(
      'SELECT * FROM connections WHERE id_user = ? ORDER BY id',
      userOf(sandbox, request),
    );
    const { expand } = queryOf(request);
    return {
      connections: connections.map((connection) => expandedConnection(sandbox, connection, expand)),
      total: connections.length,
    };
  });

  app.get(`${path}/:connectionId`, (request) =>
    expandedConnection(sandbox, own(request), queryOf(request).expand),
  );

  app.post(path, () => {
    throw new ApiError(403, 'forbidden', 'Credentials may only be given in the webview');
  });

  app.put(`${path}/:connectionId`, forceSync);

  app.post(`${path}/:connectionId`, (request, reply) => {
    const body = bodyOf(request);
    if (Object.keys(body).length === 0) return forceSync(request, reply);
    const connection = own(request);
    const active = booleanOf(body, 'active');
    if (active !== undefined)
      store.run('UPDATE connections SET active = ? WHERE id = ?', active ? 1 : 0, connection.id);
    const field =
      connection.fields === null ? undefined : (JSON.parse(connection.fields) as { name: string }[])[0];
    if (field !== undefined && body[field.name] !== undefined) {
      if (body[field.name] === '') throw invalidValue(field.name, 'must not be empty');
      repairConnection(sandbox, connection.id);
    } else if ((booleanOf(body, 'resume') ?? false) && connection.state === 'decoupled') {
      repairConnection(sandbox, connection.id);
    }
    return reply.send(current(connection));
  });

  app.delete(`${path}/:connectionId`, async (request, reply) => {
    eraseConnection(sandbox, own(request));
    return reply.code(204).send();
  });

  app.get(`${path}/:connectionId/sources`, (request) => ({ sources: [sourceView(own(request))], total: 1 }));
};
