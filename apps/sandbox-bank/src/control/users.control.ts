import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import { deleteUser } from '../aggregator/delete-user.js';
import { revokePermanentTokens } from '../aggregator/tokens.js';
import { idOf } from '../api/request-context.js';
import { BadCall } from './input.js';

/** What happens to users behind the client's back. */
export const usersControl = (app: FastifyInstance, sandbox: Sandbox): void => {
  const { store } = sandbox;

  const existing = (request: FastifyRequest): number => {
    const id = idOf(request, 'id');
    if (!store.first('SELECT 1 FROM users WHERE id = ?', id)) throw new BadCall('There is no such user.');
    return id;
  };

  app.get('/users', () => ({
    users: store.all(
      `SELECT u.id, u.signin, u.expires_ms IS NULL AS permanent,
         (SELECT count(*) FROM tokens t WHERE t.id_user = u.id AND t.kind = 'permanent') AS tokens,
         (SELECT count(*) FROM connections c WHERE c.id_user = u.id) AS connections
       FROM users u ORDER BY u.id`,
    ),
  }));

  app.delete('/users/:id', (request) => {
    deleteUser(sandbox, existing(request));
    return { deleted: true };
  });

  app.post('/users/:id/revoke-tokens', (request) => {
    revokePermanentTokens(sandbox, existing(request));
    return { revoked: true };
  });
};
