import { describe, expect, it } from 'vitest';
import { given, stateAfter } from '#testing';
import { connection } from './connection.js';
import type { ObserveProvider } from './connection.commands.js';
import type { AccountFacts, ConnectionEvent } from './connection.events.js';
import { trackedAccounts } from './connection.state.js';
import { ACCOUNT_NOT_FOUND } from './observe-provider.js';

const NOW = '2026-06-02T02:00:00.000Z';
const IBAN = 'FR7630006000011234567890189';
const context = { connectionId: 'c1', tenantId: 't1', companyId: 'co1' };
const opened: ConnectionEvent = {
  type: 'ConnectionOpened',
  data: {
    ...context,
    accountId: 'acc1',
    institutionId: 'bank1',
    iban: IBAN,
    provider: 'powens',
    syncEnabled: true,
    syncDaysBack: 90,
    openedAt: NOW,
  },
};
const linked: ConnectionEvent = {
  type: 'ConnectionLinked',
  data: {
    ...context,
    provider: 'powens',
    providerUserId: 'u1',
    providerConnectionId: 'p1',
    sealedToken: 's',
    stateHash: null,
    linkedAt: NOW,
  },
};
const ours: AccountFacts = {
  providerAccountId: 'a1',
  ledgerId: 'l1',
  iban: IBAN,
  name: 'Compte courant',
  accountType: 'checking',
  currency: 'EUR',
  sharing: 'shared',
};
const other: AccountFacts = { ...ours, providerAccountId: 'a2', ledgerId: 'l2', iban: null, name: 'Livret' };

const observe = (
  accounts: readonly AccountFacts[],
  more: Partial<ObserveProvider> = {},
): ObserveProvider => ({
  type: 'ObserveProvider',
  problem: null,
  consentExpiresAt: null,
  accounts,
  now: NOW,
  ...more,
});
const discovered = (account: AccountFacts): ConnectionEvent => ({
  type: 'AccountDiscovered',
  data: { ...context, ...account, discoveredAt: NOW },
});
const tracked = (account: AccountFacts): ConnectionEvent => ({
  type: 'AccountTracked',
  data: { ...context, ...account, accountId: 'acc1', trackedAt: NOW },
});
const vanished = (providerAccountId: string, reason: 'gone' | 'not-shared'): ConnectionEvent => ({
  type: 'AccountVanished',
  data: { ...context, providerAccountId, reason, vanishedAt: NOW },
});
const required = (code: string, owner: 'user' | 'provider' | 'time'): ConnectionEvent => ({
  type: 'UserActionRequired',
  data: { ...context, code, owner, observedAt: NOW },
});
const recovered: ConnectionEvent = { type: 'ConnectionRecovered', data: { ...context, recoveredAt: NOW } };
const notFound = required(ACCOUNT_NOT_FOUND, 'user');

const until = (expiresAt: string): ConnectionEvent => ({
  type: 'ConsentObserved',
  data: { ...context, expiresAt, observedAt: NOW },
});

const seeConsentUntil = (consentExpiresAt: string | null) => observe([ours, other], { consentExpiresAt });

const start = [opened, linked];
const settled = [...start, discovered(ours), tracked(ours), discovered(other)];

const trackedAfter = (...events: readonly ConnectionEvent[]): readonly string[] => {
  const state = stateAfter(connection, ...events);
  return state.status === 'none'
    ? []
    : trackedAccounts(state).map(({ providerAccountId }) => providerAccountId);
};

describe('accounts', () => {
  it('are discovered, and the one with the asked IBAN is tracked', () => {
    given(connection, ...start)
      .when(observe([ours, other]))
      .thenEvents(discovered(ours), tracked(ours), discovered(other));
    expect(trackedAfter(...settled)).toEqual(['a1']);
  });

  it('that are as we knew them are no news', () => {
    given(connection, ...settled)
      .when(observe([other, ours]))
      .thenNothing();
  });

  it('that appear later are discovered then (pain C9)', () => {
    given(connection, ...start, discovered(ours), tracked(ours))
      .when(observe([ours, other]))
      .thenEvents(discovered(other));
  });

  it('whose IBAN is learned late are tracked from then on', () => {
    const nameless = { ...ours, iban: null };
    given(connection, ...start, discovered(nameless), notFound)
      .when(observe([ours]))
      .thenEvents(discovered(ours), tracked(ours), recovered);
  });

  it('that are described anew keep the ledger that is in use', () => {
    const euro = { ...ours, ledgerId: 'l9', name: 'Compte pro' };
    given(connection, ...settled)
      .when(observe([euro, other]))
      .thenEvents(discovered({ ...euro, ledgerId: 'l1' }));
    expect(trackedAfter(...settled, discovered({ ...euro, ledgerId: 'l1' }))).toEqual(['a1']);
  });

  it.each([
    ['are not listed any more', [other], 'gone'],
    ['are listed as vanished', [{ ...ours, sharing: 'vanished' }, other], 'gone'],
    ['are not shared any more', [{ ...ours, sharing: 'not-shared' }, other], 'not-shared'],
  ] as const)('vanish when they %s, and nothing is imported from them', (_, accounts, reason) => {
    given(connection, ...settled)
      .when(observe(accounts))
      .thenEvents(vanished('a1', reason), notFound);
    given(connection, ...settled, vanished('a1', reason), notFound)
      .when(observe(accounts))
      .thenNothing();
    expect(trackedAfter(...settled, vanished('a1', reason))).toEqual([]);
  });

  it('that return are tracked again', () => {
    given(connection, ...settled, vanished('a1', 'gone'), notFound)
      .when(observe([ours, other]))
      .thenEvents(discovered(ours), tracked(ours), recovered);
    expect(trackedAfter(...settled, vanished('a1', 'gone'), discovered(ours), tracked(ours))).toEqual(['a1']);
  });

  it('that come back under a new provider id are tracked into the same ledger (pain D1)', () => {
    const renumbered = { ...ours, providerAccountId: 'a7' };
    given(connection, ...settled)
      .when(observe([renumbered, other]))
      .thenEvents(discovered(renumbered), tracked(renumbered), vanished('a1', 'gone'));
    expect(
      trackedAfter(...settled, discovered(renumbered), tracked(renumbered), vanished('a1', 'gone')),
    ).toEqual(['a7']);
  });

  it('that the person does not share are known but not tracked', () => {
    const hidden: AccountFacts = { ...ours, sharing: 'not-shared' };
    given(connection, ...start)
      .when(observe([hidden]))
      .thenEvents(discovered(hidden), notFound);
  });

  it('may be none at all', () => {
    given(connection, ...start)
      .when(observe([]))
      .thenEvents(notFound);
  });
});

describe('health', () => {
  const sca = { code: 'SCARequired', owner: 'user' } as const;

  it('a problem is told once, and again when it becomes another', () => {
    given(connection, ...settled)
      .when(observe([ours, other], { problem: sca }))
      .thenEvents(required('SCARequired', 'user'));
    const ill = [...settled, required('SCARequired', 'user')];
    given(connection, ...ill)
      .when(observe([ours, other], { problem: sca }))
      .thenNothing();
    given(connection, ...ill)
      .when(observe([ours, other], { problem: { code: 'SCARequired', owner: 'provider' } }))
      .thenEvents(required('SCARequired', 'provider'));
    given(connection, ...ill)
      .when(observe([ours, other], { problem: { code: 'websiteUnavailable', owner: 'time' } }))
      .thenEvents(required('websiteUnavailable', 'time'));
  });

  it('recovers by itself, once (pain F1)', () => {
    const ill = [...settled, required('SCARequired', 'user')];
    given(connection, ...ill)
      .when(observe([ours, other]))
      .thenEvents(recovered);
    given(connection, ...ill, recovered)
      .when(observe([ours, other]))
      .thenNothing();
  });

  it("the provider's own problem goes before a missing account", () => {
    given(connection, ...start)
      .when(observe([], { problem: sca }))
      .thenEvents(required('SCARequired', 'user'));
  });
});

describe('consent', () => {
  it('is written when its end moves, and a provider that does not say moves nothing', () => {
    const first = '2026-11-28T00:00:00Z';
    given(connection, ...settled)
      .when(seeConsentUntil(first))
      .thenEvents(until(first));
    given(connection, ...settled, until(first))
      .when(seeConsentUntil(first))
      .thenNothing();
    given(connection, ...settled, until(first))
      .when(seeConsentUntil(null))
      .thenNothing();
    given(connection, ...settled, until(first))
      .when(seeConsentUntil('2027-05-27T00:00:00Z'))
      .thenEvents(until('2027-05-27T00:00:00Z'));
  });
});

it('says nothing of a connection that has no bank yet', () => {
  given(connection, opened)
    .when(observe([ours]))
    .thenNothing();
});

describe('a refusal of the provider', () => {
  const refused = { type: 'ReportProblem', code: 'powens.token-refused', owner: 'user', now: NOW } as const;
  const required: ConnectionEvent = {
    type: 'UserActionRequired',
    data: { ...context, code: refused.code, owner: refused.owner, observedAt: NOW },
  };

  it('is the problem of the connection, told once', () => {
    given(connection, opened, linked).when(refused).thenEvents(required);
    given(connection, opened, linked, required).when(refused).thenNothing();
  });

  it('says nothing of the accounts, and is over with the next good look', () => {
    const state = stateAfter(connection, opened, linked, discovered(ours), required);
    expect(state.status === 'linked' && state.accounts).toHaveLength(1);
    given(connection, opened, linked, required)
      .when(observe([]))
      .thenEvents({
        type: 'UserActionRequired',
        data: { ...context, code: ACCOUNT_NOT_FOUND, owner: 'user', observedAt: NOW },
      });
  });

  it('means nothing before a bank is linked', () => {
    given(connection, opened).when(refused).thenNothing();
  });
});
