import type { Sandbox } from '../sandbox.js';
import { eraseUser } from './tokens.js';

/** Everything of the user goes, tokens too; one webhook tells of it. */
export const deleteUser = (sandbox: Sandbox, id: number): void => {
  const { store } = sandbox;
  const user = store.first<{ id: number; signin: string }>('SELECT id, signin FROM users WHERE id = ?', id);
  store.transaction(() => {
    eraseUser(sandbox, id);
    if (user) sandbox.outbox.add('USER_DELETED', id, null, user);
  });
};
