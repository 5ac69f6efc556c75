import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyOf, textOf } from '../api/request-context.js';
import type { Sandbox } from '../sandbox.js';
import { badRequest, TinkError } from './tink-error.js';

/** Scopes that the app was granted in the console. */
const GRANTED = ['authorization:grant', 'authorization:revoke', 'user:create', 'webhook-endpoints'];

interface ClientToken {
  readonly scopes: readonly string[];
  readonly expiresMs: number;
}

/** Tokens that act for the app; forgotten by a restart, which a client sees as an expired token. */
export class ClientTokens {
  private readonly tokens = new Map<string, ClientToken>();

  constructor(private readonly sandbox: Pick<Sandbox, 'settings' | 'now'>) {}

  issue(scopes: readonly string[]): string {
    const token = randomBytes(24).toString('base64url');
    const { settings, now } = this.sandbox;
    this.tokens.set(token, { scopes, expiresMs: now() + settings.tinkTokenLifeSeconds * 1000 });
    return token;
  }

  /** @throws {TinkError} 401 without a live token, 403 without this scope */
  demand(request: FastifyRequest, scope: string): void {
    const text = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const token = this.tokens.get(text);
    if (!token || token.expiresMs <= this.sandbox.now())
      throw new TinkError(401, 'authentication.unauthorized', 'Missing, unknown or expired access token');
    if (!token.scopes.includes(scope))
      throw new TinkError(
        403,
        'authentication.forbidden',
        'You do not have access to the requested endpoint',
      );
  }
}

const scopesOf = (text: string | undefined): readonly string[] => {
  const scopes = text?.split(/[ ,]+/).filter((scope) => scope !== '') ?? GRANTED;
  const refused = scopes.find((scope) => !GRANTED.includes(scope));
  if (refused !== undefined) throw new TinkError(400, 'oauth.invalid_scope', `Invalid scope ${refused}`);
  return scopes;
};

/** §2.2, for `client_credentials` alone. */
export const tokenRoute = (app: FastifyInstance, { settings }: Sandbox, tokens: ClientTokens): void => {
  app.post('/api/v1/oauth/token', (request) => {
    if (!/^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? ''))
      throw badRequest('The body must be form-encoded');
    const form = bodyOf(request);
    if (textOf(form, 'grant_type') !== 'client_credentials')
      throw badRequest('This sandbox knows the grant type client_credentials only');
    if (textOf(form, 'client_id') !== settings.tinkClientId)
      throw new TinkError(401, 'oauth.client_not_found', 'Could not find the OAuth client');
    if (textOf(form, 'client_secret') !== settings.tinkClientSecret)
      throw new TinkError(401, 'oauth.client_secret_incorrect', 'Invalid client secret');
    const scopes = scopesOf(textOf(form, 'scope'));
    return {
      access_token: tokens.issue(scopes),
      token_type: 'bearer',
      expires_in: settings.tinkTokenLifeSeconds,
      scope: scopes.join(','),
      id_hint: null,
    };
  });
};
