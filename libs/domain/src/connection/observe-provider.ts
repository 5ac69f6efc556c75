import type { AccountFacts, ActionOwner, ConnectionContext, ConnectionEvent } from './connection.events.js';
import type { ObserveProvider } from './connection.commands.js';
import type { KnownAccount, LinkedConnection } from './connection.state.js';

/** The account that the caller asked for is not among those that the bank shares with us. */
export const ACCOUNT_NOT_FOUND = 'account.not-found';

const vanishedReason = (sharing: AccountFacts['sharing']) =>
  sharing === 'not-shared' ? 'not-shared' : 'gone';

/** A currency or an IBAN is often learned late; a ledger that is in use is kept whatever the new words are. */
const isDescribedAnew = (before: AccountFacts, now: AccountFacts): boolean =>
  before.name !== now.name ||
  before.iban !== now.iban ||
  before.currency !== now.currency ||
  before.accountType !== now.accountType;

const accountEvents = (
  context: ConnectionContext,
  state: LinkedConnection,
  { accounts, now }: ObserveProvider,
): readonly ConnectionEvent[] => {
  const events: ConnectionEvent[] = [];
  const known = new Map(state.accounts.map((account) => [account.providerAccountId, account]));
  for (const account of accounts) {
    const before = known.get(account.providerAccountId);
    known.delete(account.providerAccountId);
    const returned = before && before.sharing !== 'shared' && account.sharing === 'shared';
    if (!before || returned || isDescribedAnew(before, account)) {
      const ledgerId = before?.trackedAs ? before.ledgerId : account.ledgerId;
      events.push({
        type: 'AccountDiscovered',
        data: { ...context, ...account, ledgerId, discoveredAt: now },
      });
    }
    const isOurs = account.sharing === 'shared' && account.iban === state.opened.iban;
    if (isOurs && (!before?.trackedAs || returned)) {
      const { accountId } = state.opened;
      events.push({ type: 'AccountTracked', data: { ...context, ...account, accountId, trackedAt: now } });
    }
    if (before?.sharing === 'shared' && account.sharing !== 'shared') {
      events.push(vanished(context, before, vanishedReason(account.sharing), now));
    }
  }
  for (const gone of known.values()) {
    if (gone.sharing === 'shared') events.push(vanished(context, gone, 'gone', now));
  }
  return events;
};

const vanished = (
  context: ConnectionContext,
  { providerAccountId }: KnownAccount,
  reason: 'not-shared' | 'gone',
  now: string,
): ConnectionEvent => ({
  type: 'AccountVanished',
  data: { ...context, providerAccountId, reason, vanishedAt: now },
});

const problemAfter = (state: LinkedConnection, command: ObserveProvider) => {
  if (command.problem) return command.problem;
  const found = command.accounts.some(
    ({ iban, sharing }) => sharing === 'shared' && iban === state.opened.iban,
  );
  return found ? null : ({ code: ACCOUNT_NOT_FOUND, owner: 'user' } as const);
};

/** What is wrong, unless it is known already. */
export const reportProblem = (
  { code, owner }: { readonly code: string; readonly owner: ActionOwner },
  now: string,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  if (code === state.problem?.code && owner === state.problem.owner) return [];
  const { connectionId, tenantId, companyId } = state;
  const data = { connectionId, tenantId, companyId, code, owner, observedAt: now };
  return [{ type: 'UserActionRequired', data }];
};

/** Differences between what the provider says now and what we knew; nothing when nothing changed. */
export const observeProvider = (
  command: ObserveProvider,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  const { connectionId, tenantId, companyId } = state;
  const context = { connectionId, tenantId, companyId };
  const events: ConnectionEvent[] = [...accountEvents(context, state, command)];
  const problem = problemAfter(state, command);
  if (problem) events.push(...reportProblem(problem, command.now, state));
  if (!problem && state.problem) {
    events.push({ type: 'ConnectionRecovered', data: { ...context, recoveredAt: command.now } });
  }
  const expiresAt = command.consentExpiresAt;
  if (expiresAt !== null && expiresAt !== state.consentExpiresAt) {
    events.push({ type: 'ConsentObserved', data: { ...context, expiresAt, observedAt: command.now } });
  }
  return events;
};
