import type { KnownAccount, LinkedConnection } from '#domain';

/** Accounts that were not shared when they were last looked at, and are now: they may show history of any age. */
export const returnedAccounts = (
  before: LinkedConnection,
  tracked: readonly KnownAccount[],
): ReadonlySet<string> => {
  const away = before.accounts.filter(({ sharing }) => sharing !== 'shared');
  const ids = new Set(away.map(({ providerAccountId }) => providerAccountId));
  return new Set(tracked.map(({ providerAccountId }) => providerAccountId).filter((id) => ids.has(id)));
};
