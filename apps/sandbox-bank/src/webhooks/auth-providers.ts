import { randomBytes } from 'node:crypto';
import type { Store } from '../store.js';

export interface AuthProvider {
  readonly id: number;
  readonly type: 'hmac_signature';
  readonly name: string;
}

/** The secret of a new one is not told again: `null` when the name is taken. */
export const createAuthProvider = (
  store: Store,
  name: string,
): (AuthProvider & { readonly config: { readonly secret_key: string } }) | null => {
  const secret = randomBytes(24).toString('base64url');
  const { changes, id } = store.run(
    'INSERT OR IGNORE INTO webhook_auth_providers (name, secret_key) VALUES (?, ?)',
    name,
    secret,
  );
  return changes === 0 ? null : { id, type: 'hmac_signature', name, config: { secret_key: secret } };
};

export const authProviders = (store: Store, limit: number): AuthProvider[] =>
  store
    .all<{ id: number; name: string }>(
      'SELECT id, name FROM webhook_auth_providers ORDER BY id LIMIT ?',
      limit,
    )
    .map(({ id, name }) => ({ id, type: 'hmac_signature', name }));

export const isAuthProvider = (store: Store, id: number): boolean =>
  store.first('SELECT 1 FROM webhook_auth_providers WHERE id = ?', id) !== undefined;

/** The webhooks that it signed are signed as the settings say from then on. */
export const deleteAuthProvider = (store: Store, id: number): boolean =>
  store.transaction(() => {
    store.run('UPDATE webhook_subscriptions SET id_auth = NULL WHERE id_auth = ?', id);
    return store.run('DELETE FROM webhook_auth_providers WHERE id = ?', id).changes > 0;
  });
