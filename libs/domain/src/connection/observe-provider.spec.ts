import { describe, expect, it } from 'vitest';
import { given, stateAfter } from '#testing';
import { connection } from './connection.js';
import type { IgnoreAccount, ObserveProvider, TrackAccount } from './connection.commands.js';
import type { AccountFacts, ConnectionEvent } from './connection.events.js';
import { trackedAccounts } from './connection.state.js';
import { context, IBAN, linkedAt, openedAt } from './fixtures.js';
import type { LedgerUse } from './ledger-use.js';
import { ACCOUNT_AMBIGUOUS, ACCOUNT_NOT_FOUND, NO_ACCOUNT_TRACKED } from './follow-accounts.js';

const NOW = '2026-06-02T02:00:00.000Z';
const opened = openedAt(NOW);
const linked = linkedAt(NOW);
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
  isHealthy: (more.problem ?? null) === null,
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

const decide = (
  what: 'track' | 'ignore',
  { providerAccountId }: AccountFacts,
  more: { accountId?: string; ledgerId?: string; ledgers?: readonly LedgerUse[] } = {},
): TrackAccount | IgnoreAccount =>
  what === 'ignore'
    ? { type: 'IgnoreAccount', providerAccountId, now: NOW }
    : {
        type: 'TrackAccount',
        providerAccountId,
        accountId: null,
        ledgerId: null,
        spareLedgerId: 'spare',
        ledgers: [],
        now: NOW,
        ...more,
      };
const ignored = ({ providerAccountId }: AccountFacts): ConnectionEvent => ({
  type: 'AccountIgnored',
  data: { ...context, providerAccountId, reason: 'caller', ignoredAt: NOW },
});

const use = (more: Partial<LedgerUse>): LedgerUse => ({
  ledgerId: 'l9',
  currency: 'EUR',
  sources: [],
  ...more,
});
const mapOther = (...ledgers: readonly LedgerUse[]) =>
  decide('track', other, { accountId: 'acc2', ledgerId: 'l9', ledgers });
const otherInto = (ledgerId: string): ConnectionEvent => ({
  type: 'AccountTracked',
  data: {
    ...context,
    ...other,
    ledgerId,
    identities: ['l2'],
    accountId: 'acc2',
    trackedAt: NOW,
  },
});

const start = [opened, linked];
const settled = [...start, discovered(ours), tracked(ours), discovered(other)];

const trackedAfter = (...events: readonly ConnectionEvent[]): readonly string[] => {
  const state = stateAfter(connection, ...events);
  return state.status === 'none'
    ? []
    : trackedAccounts(state).map(({ providerAccountId }) => providerAccountId);
};

const sharedSince = (id: string, ...events: readonly ConnectionEvent[]): string | null => {
  const state = stateAfter(connection, ...events);
  const accounts = state.status === 'none' ? [] : state.accounts;
  return accounts.find(({ providerAccountId }) => providerAccountId === id)?.sharedSince ?? null;
};

const on = (event: ConnectionEvent, at: string): ConnectionEvent =>
  ({
    type: event.type,
    data: { ...event.data, discoveredAt: at, trackedAt: at },
  }) as unknown as ConnectionEvent;

describe('accounts', () => {
  it('are discovered, and the one with the asked IBAN is tracked', () => {
    given(connection, ...start)
      .when(observe([ours, other]))
      .thenEvents(discovered(ours), discovered(other), tracked(ours));
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
      .thenEvents(discovered({ ...euro, ledgerId: 'l1', identities: ['l9'] }));
    const described = discovered({ ...euro, ledgerId: 'l1', identities: ['l9'] });
    given(connection, ...settled, described)
      .when(observe([euro, other]))
      .thenNothing();
    expect(trackedAfter(...settled, described)).toEqual(['a1']);
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

  it('that are no longer shared, and those that are gone, are told apart also when one becomes the other', () => {
    const hidden: AccountFacts = { ...ours, sharing: 'not-shared' };
    const unseen = [...settled, vanished('a1', 'not-shared'), notFound];
    given(connection, ...unseen)
      .when(observe([{ ...ours, sharing: 'vanished' }, other]))
      .thenEvents(vanished('a1', 'gone'));
    given(connection, ...unseen)
      .when(observe([other]))
      .thenEvents(vanished('a1', 'gone'));
    given(connection, ...unseen, vanished('a1', 'gone'))
      .when(observe([hidden, other]))
      .thenEvents(vanished('a1', 'not-shared'));
    given(connection, ...unseen, vanished('a1', 'gone'))
      .when(observe([other]))
      .thenNothing();
  });

  it('that return are tracked again', () => {
    given(connection, ...settled, vanished('a1', 'gone'), notFound)
      .when(observe([ours, other]))
      .thenEvents(discovered(ours), tracked(ours), recovered);
    expect(trackedAfter(...settled, vanished('a1', 'gone'), discovered(ours), tracked(ours))).toEqual(['a1']);
  });

  it('that return are known to be shared without interruption since then only', () => {
    const [back, later] = ['2026-06-20T02:00:00.000Z', '2026-06-21T02:00:00.000Z'];
    const renamed = { ...ours, name: 'Compte pro' };
    const returned = [...settled, vanished('a1', 'not-shared'), on(discovered(ours), back)];
    expect(sharedSince('a1', ...settled)).toBeNull();
    expect(sharedSince('a1', ...returned)).toBe(back);
    expect(sharedSince('a1', ...returned, on(tracked(ours), back))).toBe(back);
    expect(sharedSince('a1', ...returned, on(discovered(renamed), later), on(tracked(ours), later))).toBe(
      back,
    );
    expect(sharedSince('a1', ...returned, vanished('a1', 'gone'), on(discovered(ours), later))).toBe(later);
    expect(sharedSince('a2', ...returned)).toBeNull();
  });

  it('that come back under a new provider id are tracked into the same ledger (pain D1)', () => {
    const renumbered = { ...ours, providerAccountId: 'a7' };
    given(connection, ...settled)
      .when(observe([renumbered, other]))
      .thenEvents(discovered(renumbered), vanished('a1', 'gone'), tracked(renumbered));
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

  it.each(['broken', 'at work'] as const)(
    'that are missing while the provider’s link is %s have not vanished',
    (how) => {
      const problem = how === 'broken' ? ({ code: 'SCARequired', owner: 'user' } as const) : null;
      given(connection, ...settled)
        .when(observe([], { problem, isHealthy: false }))
        .thenEvents(...(problem ? [required('SCARequired', 'user')] : []));
      expect(trackedAfter(...settled)).toEqual(['a1']);
    },
  );

  it('that are marked as not shared any more are believed, whatever else is wrong', () => {
    given(connection, ...settled, required('SCARequired', 'user'))
      .when(
        observe([{ ...ours, sharing: 'not-shared' }, other], {
          problem: { code: 'SCARequired', owner: 'user' },
        }),
      )
      .thenEvents(vanished('a1', 'not-shared'));
  });

  it('are not looked for before the provider has shown any', () => {
    given(connection, ...start)
      .when(observe([], { isHealthy: false }))
      .thenNothing();
    given(connection, ...start)
      .when(observe([other], { isHealthy: false }))
      .thenEvents(discovered(other), notFound);
  });

  it('may be none at all', () => {
    given(connection, ...start)
      .when(observe([]))
      .thenEvents(notFound);
  });
});

describe('an account that the provider re-creates', () => {
  const both: AccountFacts = { ...ours, identities: ['l1', 'n1'] };
  const history = [...start, discovered(both), tracked(both)];

  it('is known by its number where the new one tells no IBAN, and its ledger goes on', () => {
    const blind: AccountFacts = {
      ...both,
      providerAccountId: 'a7',
      ledgerId: 'n1',
      iban: null,
      identities: ['n1'],
    };
    const goesOn = { ...blind, ledgerId: 'l1', identities: ['n1'] };
    given(connection, ...history)
      .when(observe([{ ...both, sharing: 'not-shared' }, blind]))
      .thenEvents(vanished('a1', 'not-shared'), discovered(blind), tracked(goesOn));
    given(connection, ...history, vanished('a1', 'not-shared'), discovered(blind), tracked(goesOn))
      .when(observe([{ ...both, sharing: 'not-shared' }, blind]))
      .thenNothing();
  });

  it('is another one when both tell an IBAN and these differ, whatever their numbers are', () => {
    const foreign: AccountFacts = {
      ...both,
      providerAccountId: 'a7',
      ledgerId: 'l7',
      iban: 'DE02',
      identities: ['l7', 'n1'],
    };
    given(connection, ...history)
      .when(observe([foreign]))
      .thenEvents(discovered(foreign), vanished('a1', 'gone'), notFound);
  });

  it('is not followed while the first may still be there', () => {
    const again: AccountFacts = { ...both, providerAccountId: 'a7' };
    given(connection, ...history)
      .when(observe([again], { isHealthy: false }))
      .thenEvents(discovered(again));
    given(connection, ...history)
      .when(observe([both, again]))
      .thenEvents(discovered(again));
  });

  it('has one source at a time: the first is not imported from again when it comes back beside the new one', () => {
    const again: AccountFacts = { ...both, providerAccountId: 'a7' };
    const moved = [...history, discovered(again), vanished('a1', 'gone'), tracked(again)];
    given(connection, ...moved)
      .when(observe([both, again]))
      .thenEvents(discovered(both));
    expect(trackedAfter(...moved, discovered(both))).toEqual(['a7']);
  });

  it('several times over is a question to the caller, and nothing is imported for it', () => {
    const twins = ['a7', 'a8'].map((providerAccountId) => ({ ...both, providerAccountId }));
    const asked = [
      ...history,
      ...twins.map(discovered),
      vanished('a1', 'gone'),
      required(ACCOUNT_AMBIGUOUS, 'user'),
    ];
    given(connection, ...history)
      .when(observe(twins))
      .thenEvents(...asked.slice(history.length));
    given(connection, ...asked)
      .when(observe(twins))
      .thenNothing();
    expect(trackedAfter(...asked)).toEqual([]);
    const [first = both, second = both] = twins;
    given(connection, ...asked)
      .when(decide('track', first))
      .thenEvents(tracked(first), recovered);
    given(connection, ...asked)
      .when(decide('ignore', first))
      .thenEvents(ignored(first), tracked(second), recovered);
  });

  it('is a question at the first look too', () => {
    const twin: AccountFacts = { ...both, providerAccountId: 'a7' };
    given(connection, ...start)
      .when(observe([both, twin]))
      .thenEvents(discovered(both), discovered(twin), required(ACCOUNT_AMBIGUOUS, 'user'));
  });
});

const trackedAs = (account: AccountFacts, accountId: string): ConnectionEvent => ({
  type: 'AccountTracked',
  data: { ...context, ...account, accountId, trackedAt: NOW },
});

describe('the caller', () => {
  it('may have another account of the bank imported too, as an account of theirs', () => {
    given(connection, ...settled)
      .when(decide('track', other, { accountId: 'acc2' }))
      .thenEvents(trackedAs(other, 'acc2'));
    given(connection, ...settled, trackedAs(other, 'acc2'))
      .when(decide('track', other, { accountId: 'acc2' }))
      .thenNothing();
    expect(trackedAfter(...settled, trackedAs(other, 'acc2'))).toEqual(['a1', 'a2']);
  });

  it('hears when such an account is not shared any more', () => {
    given(connection, ...settled, trackedAs(other, 'acc2'))
      .when(observe([ours]))
      .thenEvents(vanished('a2', 'gone'), notFound);
  });

  it('may let an account continue a ledger', () => {
    const mapped = { ...other, ledgerId: 'l9', identities: ['l2'] };
    given(connection, ...settled)
      .when(decide('track', other, { accountId: 'acc2', ledgerId: 'l9' }))
      .thenEvents(trackedAs(mapped, 'acc2'));
    given(connection, ...settled, trackedAs(mapped, 'acc2'))
      .when(observe([ours, other]))
      .thenNothing();
  });

  it('may ignore an account for good', () => {
    const history = [...settled, ignored(ours), required(NO_ACCOUNT_TRACKED, 'user')];
    given(connection, ...settled)
      .when(decide('ignore', ours))
      .thenEvents(...history.slice(settled.length));
    given(connection, ...history)
      .when(observe([ours, other]))
      .thenNothing();
    given(connection, ...history)
      .when(decide('ignore', ours))
      .thenNothing();
    given(connection, ...history)
      .when(decide('track', other))
      .thenEvents(tracked(other), recovered);
    given(connection, ...history)
      .when(decide('track', ours))
      .thenEvents(tracked(ours), recovered);
  });

  it('leaves the provider’s problem to the provider', () => {
    given(connection, ...settled, required('SCARequired', 'user'))
      .when(decide('ignore', ours))
      .thenEvents(ignored(ours));
  });

  it('cannot have two accounts in one ledger or under one id, nor one that is not shared or not known', () => {
    const hidden: AccountFacts = { ...other, providerAccountId: 'a3', sharing: 'not-shared' };
    const state = [...settled, discovered(hidden)];
    given(connection, ...state)
      .when(decide('track', other))
      .thenRejected('account.id-in-use');
    given(connection, ...state)
      .when(decide('track', other, { accountId: 'acc2', ledgerId: 'l1' }))
      .thenRejected('account.ledger-in-use');
    given(connection, ...state)
      .when(decide('track', hidden, { accountId: 'acc2' }))
      .thenRejected('account.not-shared');
    given(connection, ...state)
      .when(decide('ignore', { ...other, providerAccountId: 'a9' }))
      .thenRejected('account.unknown');
    given(connection, opened).when(decide('track', ours)).thenRejected('connection.not-linked');
  });

  it('goes into no ledger that another account of another connection feeds, nor into one of another currency', () => {
    const foreign: AccountFacts = {
      ...ours,
      providerAccountId: 'b1',
      ledgerId: 'l9',
      iban: 'DE89370400440532013000',
    };
    given(connection, ...settled)
      .when(mapOther(use({ sources: [foreign] })))
      .thenRejected('account.ledger-in-use');
    given(connection, ...settled)
      .when(mapOther(use({ currency: 'GBP' })))
      .thenRejected('account.ledger-currency');
    for (const open of [use({}), use({ sources: [{ ...other, ledgerId: 'l9', identities: ['l2'] }] })]) {
      given(connection, ...settled)
        .when(mapOther(open))
        .thenEvents(otherInto('l9'));
    }
  });

  it('leaves a ledger that another account feeds when it is tracked anew', () => {
    const disputed = [{ ledgerId: 'l9', currency: 'EUR', sources: [{ ...ours, ledgerId: 'l9' }] }];
    const back = otherInto('l2').data;
    const history = [...settled, otherInto('l9')];
    given(connection, ...history)
      .when(decide('track', other, { ledgers: disputed }))
      .thenEvents({ type: 'AccountTracked', data: back } as ConnectionEvent);
    given(connection, ...history)
      .when(decide('track', other))
      .thenNothing();
  });

  it('gets a ledger of its own where another account feeds the one that its looks lead to', () => {
    const foreign: AccountFacts = { ...other, providerAccountId: 'b1', identities: ['l7'] };
    const uses: readonly LedgerUse[] = [
      { ledgerId: 'l2', currency: 'EUR', sources: [foreign] },
      { ledgerId: 'l2', currency: 'GBP', sources: [] },
    ];
    for (const use of uses) {
      given(connection, ...settled)
        .when(decide('track', other, { accountId: 'acc2', ledgers: [use] }))
        .thenEvents(otherInto('spare'));
    }
  });

  it('gets a ledger of its own for each of two accounts that look the same', () => {
    const twin: AccountFacts = { ...other, providerAccountId: 'a4' };
    given(connection, ...settled, discovered(twin), trackedAs(other, 'acc2'))
      .when(decide('track', twin, { accountId: 'acc3' }))
      .thenEvents(trackedAs({ ...twin, ledgerId: 'spare', identities: ['l2'] }, 'acc3'));
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

  it('is not told to be over while the provider is still at work', () => {
    const ill = [...settled, required('SCARequired', 'user')];
    given(connection, ...ill)
      .when(observe([ours, other], { isHealthy: false }))
      .thenNothing();
  });

  describe('that is still being waited for', () => {
    const AN_HOUR_LATER = '2026-06-02T03:00:00.001Z';
    const waiting = { code: 'decoupled', owner: 'user', patienceMs: 3_600_000 } as const;
    const atWork = { isHealthy: false, waiting } as const;
    const began: ConnectionEvent = {
      type: 'WaitingStarted',
      data: { ...context, code: 'decoupled', startedAt: NOW },
    };
    const ended: ConnectionEvent = { type: 'WaitingEnded', data: { ...context, endedAt: NOW } };

    it('is no problem at first, and is over when all is well', () => {
      given(connection, ...settled)
        .when(observe([ours, other], atWork))
        .thenEvents(began);
      given(connection, ...settled, began)
        .when(observe([ours, other], { ...atWork, now: '2026-06-02T03:00:00.000Z' }))
        .thenNothing();
      given(connection, ...settled, began)
        .when(observe([ours, other]))
        .thenEvents(ended);
      given(connection, ...settled, began, ended)
        .when(observe([ours, other]))
        .thenNothing();
    });

    it('is a problem when it takes too long, told once', () => {
      const late: ConnectionEvent = {
        type: 'UserActionRequired',
        data: { ...context, code: 'decoupled', owner: 'user', observedAt: AN_HOUR_LATER },
      };
      given(connection, ...settled, began)
        .when(observe([ours, other], { ...atWork, now: AN_HOUR_LATER }))
        .thenEvents(late);
      given(connection, ...settled, began, late)
        .when(observe([ours, other], { ...atWork, now: AN_HOUR_LATER }))
        .thenNothing();
      given(connection, ...settled, began, late)
        .when(observe([ours, other]))
        .thenEvents(ended, recovered);
    });

    it('is counted anew after it was over, and for each thing', () => {
      const validating: ConnectionEvent = {
        type: 'WaitingStarted',
        data: { ...context, code: 'validating', startedAt: NOW },
      };
      given(connection, ...settled, began)
        .when(observe([ours, other], { ...atWork, waiting: { ...waiting, code: 'validating' } }))
        .thenEvents(validating);
    });
  });

  it('knows when the provider tries again, while something is wrong', () => {
    const nextTryAt = '2026-06-02T14:00:00.000Z';
    const planned: ConnectionEvent = {
      type: 'RefreshPlanned',
      data: { ...context, plannedAt: nextTryAt, observedAt: NOW },
    };
    given(connection, ...settled)
      .when(observe([ours, other], { problem: sca, nextTryAt }))
      .thenEvents(required('SCARequired', 'user'), planned);
    given(connection, ...settled, required('SCARequired', 'user'), planned)
      .when(observe([ours, other], { problem: sca, nextTryAt }))
      .thenNothing();
    given(connection, ...settled)
      .when(observe([ours, other], { nextTryAt }))
      .thenNothing();
    const after = stateAfter(connection, ...settled, required('SCARequired', 'user'), planned, recovered);
    expect(after).toMatchObject({ nextTryAt: null });
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

const seen = (automaticRefresh: boolean | null) => observe([ours, other], { automaticRefresh });
const told = (isOn: boolean): ConnectionEvent => ({
  type: 'AutomaticRefreshObserved',
  data: { ...context, isOn, observedAt: NOW },
});

describe('whether the provider refreshes the connection by itself', () => {
  it('is told when it is switched off, and when it is on again', () => {
    given(connection, ...settled)
      .when(seen(false))
      .thenEvents(told(false));
    given(connection, ...settled, told(false))
      .when(seen(true))
      .thenEvents(told(true));
  });

  it('is nothing new as long as it stays, or nobody says', () => {
    for (const value of [true, null])
      given(connection, ...settled)
        .when(seen(value))
        .thenNothing();
    for (const value of [false, null])
      given(connection, ...settled, told(false))
        .when(seen(value))
        .thenNothing();
  });
});
