import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { deleteUser } from '../aggregator/delete-user.js';
import { CONNECTORS, connectorView } from '../bank/connectors.js';
import { ApiError, notFound } from './api-error.js';
import { userOf } from './request-context.js';

/** §3: the user behind the token; and the two catalogues that belong to nobody. */
export const userRoutes = (app: FastifyInstance, sandbox: Sandbox): void => {
  const { store, settings } = sandbox;

  app.get('/users', () => {
    throw new ApiError(403, 'forbidden', 'Token scope does not allow this endpoint');
  });

  app.get('/users/:userId', (request) => ({
    ...store.first<{ id: number; signin: string }>(
      'SELECT id, signin FROM users WHERE id = ?',
      userOf(sandbox, request),
    ),
    platform: 'sharedAccess',
  }));

  app.delete('/users/:userId', async (request, reply) => {
    deleteUser(sandbox, userOf(sandbox, request));
    return reply.code(204).send();
  });

  app.get('/clients/:clientId', (request) => {
    userOf(sandbox, request);
    if ((request.params as { clientId: string }).clientId !== settings.clientId) throw notFound();
    return { id: Number(settings.clientId), name: 'Passerelle', redirect_uris: settings.redirectUris };
  });

  app.get('/connectors', () => ({ connectors: CONNECTORS.map(connectorView), total: CONNECTORS.length }));

  app.get('/account_types', () => ({
    accounttypes: [
      { id: 2, name: 'checking', id_parent: null, is_invest: false, display_name: 'Checking account', display_name_p: 'Checking accounts' },
      { id: 3, name: 'savings', id_parent: null, is_invest: false, display_name: 'Savings account', display_name_p: 'Savings accounts' },
      { id: 8, name: 'card', id_parent: null, is_invest: false, display_name: 'Card', display_name_p: 'Cards' },
    ], // prettier-ignore
  }));
};
