import type {
  AccountFacts,
  ConnectionDisconnected,
  ConnectionEvent,
  ConnectionOpened,
  LinkStarted,
  SpareUserMade,
  TokenResealed,
} from './connection.events.js';
import { consentWarnedBy } from './consent.js';
import { isSameLink } from './ending.js';
import type { ConnectionState, KnownAccount, OpenedConnection, OpenEnding } from './connection.state.js';

/** Link pages that were made lately; older ones have expired anyway. */
const REMEMBERED_ATTEMPTS = 20;

type Opened = Exclude<ConnectionState, { status: 'none' }>;

const opened = (data: ConnectionOpened['data'], before: ConnectionState): ConnectionState => ({
  status: 'pending',
  connectionId: data.connectionId,
  tenantId: data.tenantId,
  companyId: data.companyId,
  opened: data,
  access: null,
  attempts: before.status === 'none' ? [] : before.attempts,
  syncEnabled: data.syncEnabled,
  syncDaysBack: data.syncDaysBack,
  refused: null,
  problem: null,
  waiting: null,
  nextTryAt: null,
  automaticRefresh: null,
  consentExpiresAt: null,
  silentSince: null,
  consentWarned: null,
  accounts: [],
  ownUserIds: before.status === 'none' ? [] : (before.ownUserIds ?? []),
  otherLinks: [],
  endings: before.status === 'none' ? [] : (before.endings ?? []),
  endedUser: null,
});

/** Links that were open when the connection ended lead nowhere any more, also after it is opened again. */
const voided = (state: OpenedConnection) => state.attempts.map((attempt) => ({ ...attempt, used: true }));

const used = (state: OpenedConnection, stateHash: string | null) =>
  state.attempts.map((attempt) => (attempt.stateHash === stateHash ? { ...attempt, used: true } : attempt));

const withAccount = (state: OpenedConnection, account: KnownAccount): readonly KnownAccount[] => [
  ...state.accounts.filter(({ providerAccountId }) => providerAccountId !== account.providerAccountId),
  account,
];

const factsOf = (data: AccountFacts): AccountFacts => ({
  providerAccountId: data.providerAccountId,
  ledgerId: data.ledgerId,
  iban: data.iban,
  name: data.name,
  accountType: data.accountType,
  currency: data.currency,
  ...(data.identities && { identities: data.identities }),
  sharing: data.sharing,
});

const known = (state: OpenedConnection, id: string): KnownAccount | undefined =>
  state.accounts.find(({ providerAccountId }) => providerAccountId === id);

/** An account that is seen shared after a time in which it was not began anew; to be described or tracked interrupts nothing. */
const sharedSince = (
  before: KnownAccount | undefined,
  { sharing }: AccountFacts,
  at: string,
): Pick<KnownAccount, 'sharedSince'> => {
  if (!before || sharing !== 'shared') return {};
  const since = before.sharing === 'shared' ? before.sharedSince : at;
  return since ? { sharedSince: since } : {};
};

/** A ledger, and an account of the caller's, have one source each: two would count every transaction twice. */
const released = (state: OpenedConnection, ledgerId: string, accountId: string): OpenedConnection => ({
  ...state,
  accounts: state.accounts.map((account) =>
    account.trackedAs !== null && (account.ledgerId === ledgerId || account.trackedAs === accountId)
      ? { ...account, trackedAs: null }
      : account,
  ),
});

const changed = (
  state: OpenedConnection,
  id: string,
  change: Partial<KnownAccount>,
): readonly KnownAccount[] =>
  state.accounts.map((account) => (account.providerAccountId === id ? { ...account, ...change } : account));

/** A link page is made for the user of the connection; where there is none, or another comes of it, it was made for that page. */
const ownUsers = ({ access, ownUserIds = [] }: OpenedConnection, { providerUserId }: LinkStarted['data']) =>
  access?.providerUserId === providerUserId || ownUserIds.includes(providerUserId)
    ? ownUserIds
    : [...ownUserIds, providerUserId];

const withEnding = (
  { endings = [], access }: OpenedConnection,
  { ending, disconnectedAt }: ConnectionDisconnected['data'],
): readonly OpenEnding[] => {
  if (!ending) return endings;
  const { providerUserId, providerConnectionId } = ending;
  const link = { providerUserId, providerConnectionId };
  const sealedToken = access?.sealedToken ?? '';
  return [
    ...endings.filter((each) => !isSameLink(each, link)),
    { ...link, sealedToken, since: disconnectedAt, refusedWith: null },
  ];
};

/** To be deleted at the provider; nobody saw its page. */
const withSpareUser = (
  { endings = [] }: OpenedConnection,
  { providerUserId, sealedToken, madeAt }: SpareUserMade['data'],
): readonly OpenEnding[] => [
  ...endings,
  { providerUserId, providerConnectionId: null, sealedToken, since: madeAt, refusedWith: null },
];

const found = (state: OpenedConnection) =>
  state.attempts.map((attempt) => (attempt.used ? attempt : { ...attempt, isFound: true as const }));

const resealed = (state: OpenedConnection, data: TokenResealed['data']) => {
  const { sealedToken } = data;
  const anew = <Held extends OpenEnding | NonNullable<OpenedConnection['access']>>(held: Held): Held =>
    isSameLink(held, data) ? { ...held, sealedToken } : held;
  return { access: state.access && anew(state.access), endings: (state.endings ?? []).map(anew) };
};

const WELL = { problem: null, waiting: null, nextTryAt: null, silentSince: null } as const;

const evolveOpened = (state: Opened, event: Exclude<ConnectionEvent, ConnectionOpened>): ConnectionState => {
  switch (event.type) {
    case 'LinkStarted': {
      const { stateHash, expiresAt, providerUserId, sealedToken } = event.data;
      const providerConnectionId = state.access?.providerConnectionId ?? null;
      return {
        ...state,
        access: { providerUserId, providerConnectionId, sealedToken },
        ownUserIds: ownUsers(state, event.data),
        refused: null,
        attempts: [...state.attempts, { stateHash, expiresAt, used: false }].slice(-REMEMBERED_ATTEMPTS),
      };
    }
    case 'ConnectionLinked': {
      const { providerUserId, providerConnectionId, sealedToken, stateHash, isFound } = event.data;
      const access = { providerUserId, providerConnectionId, sealedToken };
      const attempts = isFound ? found(state) : used(state, stateHash);
      return { ...state, ...WELL, status: 'linked', access, refused: null, attempts };
    }
    case 'SpareUserMade':
      return { ...state, endings: withSpareUser(state, event.data) };
    case 'LinkConfirmed': {
      const { stateHash, sealedToken } = event.data;
      const access = state.access && { ...state.access, sealedToken };
      return { ...state, access, refused: null, attempts: used(state, stateHash) };
    }
    case 'LinkFailed': {
      const { stateHash, code, by, failedAt: at } = event.data;
      return { ...state, refused: { code, by, at }, attempts: used(state, stateHash) };
    }
    case 'AccountDiscovered': {
      const before = known(state, event.data.providerAccountId);
      const account: KnownAccount = {
        ...factsOf(event.data),
        trackedAs: before?.trackedAs ?? null,
        ...(before?.isIgnored && { isIgnored: true }),
        ...sharedSince(before, event.data, event.data.discoveredAt),
      };
      return { ...state, accounts: withAccount(state, account) };
    }
    case 'AccountTracked': {
      const { ledgerId, accountId, providerAccountId, trackedAt } = event.data;
      const since = sharedSince(known(state, providerAccountId), event.data, trackedAt);
      const account = { ...factsOf(event.data), trackedAs: accountId, ...since };
      return { ...state, accounts: withAccount(released(state, ledgerId, accountId), account) };
    }
    case 'AccountIgnored': {
      const change = { trackedAs: null, isIgnored: true };
      return { ...state, accounts: changed(state, event.data.providerAccountId, change) };
    }
    case 'AccountVanished': {
      const sharing = event.data.reason === 'gone' ? 'vanished' : 'not-shared';
      return { ...state, accounts: changed(state, event.data.providerAccountId, { sharing }) };
    }
    case 'UserActionRequired':
      return { ...state, problem: { code: event.data.code, owner: event.data.owner } };
    case 'ConnectionRecovered':
      return { ...state, ...WELL, waiting: state.waiting ?? null };
    case 'SilenceNoticed':
      return { ...state, silentSince: event.data.refreshedAt };
    case 'AutomaticRefreshObserved':
      return { ...state, automaticRefresh: event.data.isOn };
    case 'WaitingStarted':
      return { ...state, waiting: { code: event.data.code, since: event.data.startedAt } };
    case 'WaitingEnded':
      return { ...state, waiting: null };
    case 'RefreshPlanned':
      return { ...state, nextTryAt: event.data.plannedAt };
    case 'ConsentObserved':
      return { ...state, consentExpiresAt: event.data.expiresAt };
    case 'ConsentExpiring':
      return { ...state, consentWarned: consentWarnedBy(event.data) };
    case 'TokenReplaced':
      return { ...state, access: state.access && { ...state.access, sealedToken: event.data.sealedToken } };
    case 'SettingsChanged':
      return { ...state, syncDaysBack: event.data.syncDaysBack };
    case 'SyncPaused':
      return { ...state, syncEnabled: false };
    case 'SyncResumed':
      return { ...state, syncEnabled: true };
    case 'TokenResealed':
      return { ...state, ...resealed(state, event.data) };
    case 'OtherLinksObserved':
      return { ...state, otherLinks: event.data.links };
    case 'ConnectionDisconnected': {
      const endings = withEnding(state, event.data);
      return { ...state, status: 'disconnected', attempts: voided(state), endings };
    }
    case 'LinkEnded': {
      const endings = (state.endings ?? []).filter((each) => !isSameLink(each, event.data));
      const otherLinks = state.status === 'disconnected' ? [] : (state.otherLinks ?? []);
      return { ...state, endings, otherLinks, endedUser: event.data.user };
    }
    case 'LinkEndRefused': {
      const { code: refusedWith } = event.data;
      const endings = (state.endings ?? []).map((each) =>
        isSameLink(each, event.data) ? { ...each, refusedWith } : each,
      );
      return { ...state, endings };
    }
  }
};

export const evolveConnection = (state: ConnectionState, event: ConnectionEvent): ConnectionState => {
  if (event.type === 'ConnectionOpened') return opened(event.data, state);
  return state.status === 'none' ? state : evolveOpened(state, event);
};
