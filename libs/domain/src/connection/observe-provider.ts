import type { AccountFacts, ActionOwner, ConnectionEvent } from './connection.events.js';
import type { ObserveProvider } from './connection.commands.js';
import type { ConnectionProblem, KnownAccount, LinkedConnection } from './connection.state.js';
import { warnOfConsent } from './consent.js';
import { contextOf } from './context.js';
import { evolveConnection } from './evolve-connection.js';
import { accountProblem, followedAnew, identitiesOf, inLedger, isAccountProblem } from './follow-accounts.js';
import { PROVIDER_SILENT } from './silence.js';

/** A currency or an IBAN is often learned late; a ledger that is in use is kept whatever the new words are. */
const isDescribedAnew = (before: AccountFacts, now: AccountFacts): boolean =>
  before.name !== now.name ||
  before.iban !== now.iban ||
  before.currency !== now.currency ||
  before.accountType !== now.accountType ||
  identitiesOf(before).join() !== identitiesOf(now).join();

const vanished = (
  state: LinkedConnection,
  { providerAccountId }: KnownAccount,
  reason: 'not-shared' | 'gone',
  now: string,
): ConnectionEvent => ({
  type: 'AccountVanished',
  data: { ...contextOf(state), providerAccountId, reason, vanishedAt: now },
});

const seenEvents = (
  state: LinkedConnection,
  before: KnownAccount | undefined,
  account: AccountFacts,
  now: string,
): readonly ConnectionEvent[] => {
  const context = contextOf(state);
  const events: ConnectionEvent[] = [];
  const returned = before && before.sharing !== 'shared' && account.sharing === 'shared';
  if (!before || returned || isDescribedAnew(before, account)) {
    const facts = before?.trackedAs ? inLedger(account, before.ledgerId) : account;
    events.push({ type: 'AccountDiscovered', data: { ...context, ...facts, discoveredAt: now } });
    if (returned && before.trackedAs !== null) {
      const data = { ...context, ...facts, accountId: before.trackedAs, trackedAt: now };
      events.push({ type: 'AccountTracked', data });
    }
  }
  if (before && account.sharing !== 'shared' && before.sharing !== account.sharing) {
    events.push(vanished(state, before, account.sharing === 'not-shared' ? 'not-shared' : 'gone', now));
  }
  return events;
};

/** An account that is marked as no longer shared or gone is believed at once; one that is merely missing, when all is well. */
const accountEvents = (
  state: LinkedConnection,
  { accounts, isHealthy, now }: ObserveProvider,
): readonly ConnectionEvent[] => {
  const known = new Map(state.accounts.map((account) => [account.providerAccountId, account]));
  const seen = accounts.flatMap((account) => {
    const before = known.get(account.providerAccountId);
    known.delete(account.providerAccountId);
    return seenEvents(state, before, account, now);
  });
  if (!isHealthy) return seen;
  const missing = [...known.values()].filter(({ sharing }) => sharing !== 'vanished');
  return [...seen, ...missing.map((account) => vanished(state, account, 'gone', now))];
};

/** What is wrong, unless it is known already. */
export const reportProblem = (
  { code, owner }: { readonly code: string; readonly owner: ActionOwner },
  now: string,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  if (code === state.problem?.code && owner === state.problem.owner) return [];
  return [{ type: 'UserActionRequired', data: { ...contextOf(state), code, owner, observedAt: now } }];
};

const problemEvents = (
  problem: ConnectionProblem | null,
  now: string,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  if (problem) return reportProblem(problem, now, state);
  if (!state.problem) return [];
  return [{ type: 'ConnectionRecovered', data: { ...contextOf(state), recoveredAt: now } }];
};

/** What is waited for begins and ends; where it takes too long it is a problem. */
const waitingEvents = (
  { waiting, now }: ObserveProvider,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  if (!waiting) {
    return state.waiting ? [{ type: 'WaitingEnded', data: { ...contextOf(state), endedAt: now } }] : [];
  }
  if (state.waiting?.code === waiting.code) return [];
  return [{ type: 'WaitingStarted', data: { ...contextOf(state), code: waiting.code, startedAt: now } }];
};

const isOverdue = ({ waiting, now }: ObserveProvider, { waiting: known }: LinkedConnection): boolean =>
  !!waiting && known?.code === waiting.code && Date.parse(now) - Date.parse(known.since) > waiting.patienceMs;

const planEvents = (
  { isHealthy, nextTryAt = null, now }: ObserveProvider,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  if (isHealthy || nextTryAt === null || nextTryAt === state.nextTryAt) return [];
  return [{ type: 'RefreshPlanned', data: { ...contextOf(state), plannedAt: nextTryAt, observedAt: now } }];
};

/** As long as nobody says otherwise, it is on. */
const automaticRefreshEvents = (
  { automaticRefresh: isOn = null, now }: ObserveProvider,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  if (isOn === null || isOn === (state.automaticRefresh ?? true)) return [];
  return [{ type: 'AutomaticRefreshObserved', data: { ...contextOf(state), isOn, observedAt: now } }];
};

/** Silence ends with something newer from the bank, not with the provider's saying once more that all is well. */
const isStillSilent = (
  { refreshedAt }: ObserveProvider,
  { problem, silentSince }: LinkedConnection,
): boolean =>
  problem?.code === PROVIDER_SILENT &&
  !!silentSince &&
  (!refreshedAt || Date.parse(refreshedAt) <= Date.parse(silentSince));

/** While the provider is still at work nothing is judged that may yet come: neither recoveries nor missing accounts. */
const problemSeen = (command: ObserveProvider, state: LinkedConnection): ConnectionProblem | null => {
  const { problem, waiting, isHealthy, accounts } = command;
  if (problem) return problem;
  if (waiting && isOverdue(command, state)) return { code: waiting.code, owner: waiting.owner };
  if (!isHealthy && accounts.length === 0) return state.problem;
  const missing = accountProblem(state);
  if (missing) return missing;
  if (isStillSilent(command, state)) return state.problem;
  return isHealthy || isAccountProblem(state.problem) ? null : state.problem;
};

export const stateAfter = (state: LinkedConnection, events: readonly ConnectionEvent[]): LinkedConnection => {
  const after = events.reduce(evolveConnection, state as Parameters<typeof evolveConnection>[0]);
  return after.status === 'linked' ? after : state;
};

/** After a decision of the caller about an account: what follows from it for the others and for the connection. */
export const afterDecision = (
  decided: readonly ConnectionEvent[],
  now: string,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  const settled = [...decided, ...followedAnew(stateAfter(state, decided), now)];
  if (state.problem !== null && !isAccountProblem(state.problem)) return settled;
  return [...settled, ...problemEvents(accountProblem(stateAfter(state, settled)), now, state)];
};

/** Differences between what the provider says now and what we knew; nothing when nothing changed. */
export const observeProvider = (
  command: ObserveProvider,
  state: LinkedConnection,
): readonly ConnectionEvent[] => {
  const { now, consentExpiresAt: expiresAt } = command;
  const seen = accountEvents(state, command);
  const settled = [...seen, ...followedAnew(stateAfter(state, seen), now)];
  const problem = problemSeen(command, stateAfter(state, settled));
  const events = [
    ...settled,
    ...waitingEvents(command, state),
    ...problemEvents(problem, now, state),
    ...planEvents(command, state),
    ...automaticRefreshEvents(command, state),
  ];
  if (expiresAt !== null && expiresAt !== state.consentExpiresAt) {
    events.push({ type: 'ConsentObserved', data: { ...contextOf(state), expiresAt, observedAt: now } });
    events.push(...warnOfConsent(stateAfter(state, events), now));
  }
  return events;
};
