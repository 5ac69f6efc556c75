import type { Sandbox } from '../sandbox.js';
import { findToken, revokeToken, TEMPORARY_LIFE_MS } from '../aggregator/tokens.js';
import { toStrings, type Strings } from './strings.js';

export type Flow = 'connect' | 'reconnect' | 'manage';

export interface WebviewSession {
  readonly id: string;
  /** `null`: nobody yet; a user is made when a bank is linked. */
  readonly userId: number | null;
  readonly flow: Flow;
  readonly parameters: Strings;
}

/** A link that must not be followed. The text is for the person in front of the page. */
export class BadLink extends Error {
  override readonly name = 'BadLink';
}

const userOfCode = (sandbox: Sandbox, code: string | undefined, flow: Flow): number | null => {
  if (code === undefined || code === '') {
    if (flow === 'connect') return null;
    throw new BadLink('Le code d’accès manque.');
  }
  const token = findToken(sandbox, code);
  if (!token || token.kind === 'permanent' || token.kind === 'temporary')
    throw new BadLink('Le code d’accès est inconnu, expiré ou déjà utilisé.');
  if (token.kind === 'single-code') revokeToken(sandbox, token.token);
  return token.id_user;
};

/** Checks the link's parameters, uses up its code and remembers the visit. */
export const openSession = (sandbox: Sandbox, flow: Flow, parameters: Strings): WebviewSession => {
  const { settings, store, now, chance } = sandbox;
  if (!parameters.domain) throw new BadLink('Le paramètre « domain » manque.');
  if (parameters.client_id !== settings.clientId) throw new BadLink('Le client est inconnu.');
  const redirect = parameters.redirect_uri;
  if (redirect === undefined ? flow !== 'manage' : !settings.redirectUris.includes(redirect))
    throw new BadLink('L’adresse de retour n’est pas autorisée.');
  const userId = userOfCode(sandbox, parameters.code, flow);
  const id = chance.bytes(18).toString('base64url');
  const { code: _, ...kept } = parameters;
  store.run(
    'INSERT INTO webview_sessions VALUES (?, ?, ?, ?, ?)',
    id,
    userId,
    flow,
    JSON.stringify(kept),
    now() + TEMPORARY_LIFE_MS,
  );
  return { id, userId, flow, parameters: kept };
};

export const findSession = (sandbox: Sandbox, id: string, flow: Flow): WebviewSession | undefined => {
  const { store, now } = sandbox;
  const row = store.first<{ id_user: number | null; parameters: string }>(
    'SELECT id_user, parameters FROM webview_sessions WHERE id = ? AND flow = ? AND expires_ms > ?',
    id,
    flow,
    now(),
  );
  return row && { id, userId: row.id_user, flow, parameters: toStrings(JSON.parse(row.parameters)) };
};

export const closeSession = (sandbox: Sandbox, id: string): void => {
  sandbox.store.run('DELETE FROM webview_sessions WHERE id = ? OR expires_ms <= ?', id, sandbox.now());
};
