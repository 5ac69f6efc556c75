import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError, invalidValue, notFound, unauthorized } from '../api/api-error.js';
import { bearerToken, bodyOf, idOf, queryOf, requiredText } from '../api/request-context.js';
import type { Sandbox } from '../sandbox.js';
import { authProviders, createAuthProvider, deleteAuthProvider } from './auth-providers.js';

const NAME = /^[a-z0-9]{1,20}$/i;
const DEFAULT_LIMIT = 25;

const requireConfigToken = (sandbox: Sandbox, request: FastifyRequest): void => {
  if (request.headers.authorization === `Bearer ${sandbox.settings.configToken}`) return;
  if (bearerToken(sandbox, request))
    throw new ApiError(403, 'forbidden', 'Token scope does not allow this endpoint');
  throw unauthorized();
};

/** A name that is taken, long or not alphanumeric is no 400 at the provider. */
const dataError = (): ApiError => new ApiError(500, 'dataError', 'Data error');

/** §9.3: what signs webhooks. `where`: below the API root as documented, or at the domain's root as seen live. */
export const authProviderRoutes = (
  app: FastifyInstance,
  sandbox: Sandbox,
  where: 'api-root' | 'domain-root',
): void => {
  const { store, settings } = sandbox;

  app.addHook('onRequest', async () => {
    if (where === 'api-root' && settings.webhookAuthByQueryOnly) throw notFound();
  });

  app.post('/auth', (request) => {
    requireConfigToken(sandbox, request);
    const query = queryOf(request);
    const body = settings.webhookAuthByQueryOnly ? query : { ...query, ...bodyOf(request) };
    if (requiredText(body, 'type') !== 'hmac_signature')
      throw invalidValue('type', "must be 'hmac_signature' in this sandbox");
    const name = requiredText(body, 'name');
    const created = NAME.test(name) ? createAuthProvider(store, name) : null;
    if (!created) throw dataError();
    return created;
  });

  app.get('/auth', (request) => {
    requireConfigToken(sandbox, request);
    const limit = Number(queryOf(request).limit ?? DEFAULT_LIMIT);
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
      throw invalidValue('limit', 'must be at most 1000');
    return { authproviders: authProviders(store, limit) };
  });

  app.delete('/auth/:id', async (request, reply) => {
    requireConfigToken(sandbox, request);
    if (!deleteAuthProvider(store, idOf(request, 'id'))) throw notFound();
    return reply.code(204).send();
  });
};
