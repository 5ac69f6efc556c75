import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.js';
import {
  createUser,
  findToken,
  issueToken,
  makePermanent,
  revokePermanentTokens,
  revokeToken,
  TEMPORARY_LIFE_MS,
} from '../aggregator/tokens.js';
import { ApiError, invalidValue, notFound, unauthorized } from './api-error.js';
import { bearerToken, bodyOf, booleanOf, queryOf, requiredText, textOf } from './request-context.js';

const SECONDS = TEMPORARY_LIFE_MS / 1000;

const requireClient = ({ settings }: Sandbox, body: Record<string, unknown>): void => {
  const isKnown =
    requiredText(body, 'client_id') === settings.clientId &&
    requiredText(body, 'client_secret') === settings.clientSecret;
  if (!isKnown) throw new ApiError(401, 'unauthorized', 'Unknown client credentials');
};

const bearer = (accessToken: string) => ({ access_token: accessToken, token_type: 'Bearer' });

/** §2 of the fact sheet: users come from `init`, tokens can be exchanged, renewed and revoked. */
export const authRoutes = (app: FastifyInstance, sandbox: Sandbox): void => {
  app.post('/auth/init', (request) => {
    const body = bodyOf(request);
    const permanent = textOf(body, 'client_id') !== undefined && textOf(body, 'client_secret') !== undefined;
    if (permanent) requireClient(sandbox, body);
    const userId = createUser(sandbox, permanent);
    return {
      auth_token: issueToken(sandbox, userId, permanent ? 'permanent' : 'temporary'),
      type: permanent ? 'permanent' : 'temporary',
      id_user: userId,
      expires_in: permanent ? null : SECONDS,
    };
  });

  app.get('/auth/token/code', (request) => {
    const token = bearerToken(sandbox, request);
    if (!token || token.kind === 'single-code') throw unauthorized();
    const type = queryOf(request).type ?? 'requestAccess';
    if (type !== 'singleAccess' && type !== 'requestAccess')
      throw invalidValue('type', "must be 'singleAccess' or 'requestAccess'");
    const single = type === 'singleAccess';
    return {
      code: issueToken(sandbox, token.id_user, single ? 'single-code' : 'standard-code'),
      type: 'temporary',
      access: single ? 'single' : 'standard',
      expires_in: SECONDS,
    };
  });

  app.post('/auth/token/access', (request) => {
    const body = bodyOf(request);
    requireClient(sandbox, body);
    const code = findToken(sandbox, requiredText(body, 'code'));
    if (!code || code.kind === 'permanent') throw invalidValue('code', 'is unknown or was used');
    if (code.kind === 'single-code') revokeToken(sandbox, code.token);
    makePermanent(sandbox, code.id_user);
    return bearer(issueToken(sandbox, code.id_user, 'permanent'));
  });

  app.post('/auth/renew', (request) => {
    const body = bodyOf(request);
    if (requiredText(body, 'grant_type') !== 'client_credentials')
      throw invalidValue('grant_type', "must be 'client_credentials'");
    requireClient(sandbox, body);
    const asked = textOf(body, 'id_user');
    const userId = asked === undefined ? createUser(sandbox, true) : Number(asked);
    if (!sandbox.store.first('SELECT 1 FROM users WHERE id = ?', userId)) throw notFound();
    if (booleanOf(body, 'revoke_previous') ?? false) revokePermanentTokens(sandbox, userId);
    makePermanent(sandbox, userId);
    return bearer(issueToken(sandbox, userId, 'permanent'));
  });

  app.delete('/auth/token', async (request, reply) => {
    const token = bearerToken(sandbox, request);
    if (!token) throw unauthorized();
    revokeToken(sandbox, token.token);
    return reply.code(204).send();
  });
};
