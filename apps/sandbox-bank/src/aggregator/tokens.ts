import type { Sandbox } from '../sandbox.js';
import { parisTimestamp } from '../timestamps.js';

export const TEMPORARY_LIFE_MS = 1_800_000;

export type TokenKind = 'permanent' | 'temporary' | 'single-code' | 'standard-code';

export interface StoredToken {
  readonly token: string;
  readonly id_user: number;
  readonly kind: TokenKind;
  readonly expires_ms: number | null;
}

/** Base64 with `+`, `/` and sometimes `=`: whoever forgets to encode it in a URL shall notice. */
const opaque = ({ chance }: Sandbox): string => {
  const token = chance.bytes(25).toString('base64');
  return token.includes('+') ? token : `${token.slice(0, 8)}+${token.slice(9)}`;
};

export const issueToken = (sandbox: Sandbox, userId: number, kind: TokenKind): string => {
  const { store, now } = sandbox;
  const token = opaque(sandbox);
  const expires = kind === 'permanent' ? null : now() + TEMPORARY_LIFE_MS;
  store.run('INSERT INTO tokens VALUES (?, ?, ?, ?)', token, userId, kind, expires);
  return token;
};

/** The live token with this text; users whose time is over go first. */
export const findToken = (sandbox: Sandbox, token: string): StoredToken | undefined => {
  dropExpired(sandbox);
  return sandbox.store.first<StoredToken>('SELECT * FROM tokens WHERE token = ?', token);
};

export const revokeToken = ({ store }: Sandbox, token: string): void => {
  store.run('DELETE FROM tokens WHERE token = ?', token);
};

export const revokePermanentTokens = ({ store }: Sandbox, userId: number): void => {
  store.run("DELETE FROM tokens WHERE id_user = ? AND kind = 'permanent'", userId);
};

/** A user without permanent token lives for half an hour. */
export const createUser = ({ store, now }: Sandbox, permanent: boolean): number =>
  store.run(
    'INSERT INTO users (signin, expires_ms) VALUES (?, ?)',
    parisTimestamp(now()),
    permanent ? null : now() + TEMPORARY_LIFE_MS,
  ).id;

/** From now on the user stays, and the webhooks that waited for that are sent. */
export const makePermanent = (sandbox: Sandbox, userId: number): void => {
  const { manners, outbox, store } = sandbox;
  const { changes } = store.run(
    'UPDATE users SET expires_ms = NULL WHERE id = ? AND expires_ms IS NOT NULL',
    userId,
  );
  if (changes > 0 && manners.of(userId).webhookEvents === 'all') {
    const user = store.first<object>('SELECT id, signin FROM users WHERE id = ?', userId);
    outbox.add('USER_CREATED', userId, null, { ...user });
  }
  outbox.release(userId);
};

export const eraseUser = ({ store }: Sandbox, userId: number): void =>
  store.transaction(() => {
    for (const table of ['transactions', 'accounts', 'connections', 'tokens', 'webview_sessions'])
      store.run(`DELETE FROM ${table} WHERE id_user = ?`, userId);
    store.run('DELETE FROM users WHERE id = ?', userId);
  });

const dropExpired = (sandbox: Sandbox): void => {
  const { store, now } = sandbox;
  store.run('DELETE FROM tokens WHERE expires_ms <= ?', now());
  const expired = store.all<{ id: number }>('SELECT id FROM users WHERE expires_ms <= ?', now());
  for (const { id } of expired) eraseUser(sandbox, id);
};
