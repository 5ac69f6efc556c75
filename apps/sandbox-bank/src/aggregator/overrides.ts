import type { Store } from '../store.js';

/** What is laid over the JSON of an account or a connection, to try odd answers. */
export interface Override {
  readonly omit?: readonly string[];
  readonly set?: Readonly<Record<string, unknown>>;
}

type View = Record<string, unknown>;

/** `subject`: `account:<key at the bank>`, `copy:<account id>` or `connection:<id>`. `null` takes it off. */
export const setOverride = (store: Store, subject: string, override: Override | null): void => {
  if (override === null) store.run('DELETE FROM overrides WHERE subject = ?', subject);
  else store.run('INSERT OR REPLACE INTO overrides VALUES (?, ?)', subject, JSON.stringify(override));
};

export const overridden = (store: Store, view: View, ...subjects: readonly string[]): View => {
  let result = view;
  for (const subject of subjects) {
    const stored = store.first<{ override: string }>(
      'SELECT override FROM overrides WHERE subject = ?',
      subject,
    );
    if (!stored) continue;
    const { omit = [], set = {} } = JSON.parse(stored.override) as Override;
    result = Object.fromEntries(
      Object.entries({ ...result, ...set }).filter(([name]) => !omit.includes(name)),
    );
  }
  return result;
};
