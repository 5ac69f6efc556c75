import type { KnownAccount, LinkedConnection, RunProblem } from '#domain';
import type { ConnectionSnapshot } from '#providers';
import { describe, expect, it } from 'vitest';
import { judgeEvidence } from './judge-evidence.js';

const IBAN = 'FR7630006000011234567890189';
const OTHER_IBAN = 'FR7630006000019876543210953';

const account = (part: Partial<KnownAccount> = {}): KnownAccount => ({
  providerAccountId: 'a1',
  ledgerId: 'l1',
  iban: IBAN,
  name: 'Compte',
  accountType: 'checking',
  currency: 'EUR',
  sharing: 'shared',
  trackedAs: '1',
  ...part,
});
const second = account({ providerAccountId: 'a2', ledgerId: 'l2', iban: OTHER_IBAN, trackedAs: '2' });

const linked = (part: Partial<LinkedConnection>): LinkedConnection =>
  ({
    status: 'linked',
    problem: null,
    opened: { accountId: '1', iban: IBAN },
    accounts: [account()],
    ...part,
  }) as LinkedConnection;

const snapshot = (part: Partial<ConnectionSnapshot> = {}): ConnectionSnapshot => ({
  providerConnectionId: 'p1',
  providerUserId: 'u1',
  health: { kind: 'healthy' },
  refreshedAt: '2026-06-01T06:00:00.000Z',
  consentExpiresAt: null,
  accounts: [],
  ...part,
});

const judged = (
  observed: LinkedConnection,
  seen: ConnectionSnapshot = snapshot(),
  shown: readonly KnownAccount[] = observed.accounts,
  provedRefresh?: string,
) => {
  const problems: RunProblem[] = [];
  judgeEvidence({ problems }, { snapshot: seen, observed, shown, provedRefresh });
  return problems.map(({ code, accountId }) => [code, accountId]);
};

describe('what speaks against a success', () => {
  it('is nothing when all accounts of a healthy link are read', () =>
    expect(judged(linked({ accounts: [account(), second] }))).toEqual([]));

  it('is a provider that has not been at the bank, or cannot get there', () => {
    expect(judged(linked({}), snapshot({ refreshedAt: null }))).toEqual([
      ['provider.not-refreshed-yet', null],
    ]);
    const broken = snapshot({ health: { kind: 'broken', code: 'wrongpass', owner: 'user' } });
    expect(judged(linked({}), broken)).toEqual([['provider.wrongpass', null]]);
  });

  // Pain F2: green for weeks while the provider brought nothing.
  it('is a provider that says all is well and has been silent for too long', () =>
    expect(judged(linked({ problem: { code: 'provider.silent', owner: 'provider' } }))).toEqual([
      ['provider.silent', null],
    ]));

  it('is that nothing is new where nobody looks at the bank by itself', () => {
    const off = linked({ automaticRefresh: false });
    const { refreshedAt } = snapshot();
    const after = (proved?: string) => judged(off, snapshot(), off.accounts, proved);
    expect(after(refreshedAt ?? '')).toEqual([['provider.inactive', null]]);
    expect(after('2026-06-01T05:59:59.000Z')).toEqual([]);
    expect(after()).toEqual([]);
    expect(judged(linked({}), snapshot(), [account()], refreshedAt ?? '')).toEqual([]);
  });

  it('is an account of several that the bank no longer shares, or that is not shown at the moment', () => {
    const gone = { ...second, sharing: 'vanished' as const };
    expect(judged(linked({ accounts: [account(), gone] }))).toEqual([['account.not-found', '2']]);
    expect(judged(linked({ accounts: [account(), second] }), snapshot(), [account()])).toEqual([
      ['account.hidden', '2'],
    ]);
  });

  it('is an account that several could continue', () => {
    const gone = { ...second, sharing: 'vanished' as const };
    const heirs = ['h1', 'h2'].map((providerAccountId) => ({
      ...second,
      providerAccountId,
      trackedAs: null,
    }));
    expect(judged(linked({ accounts: [account(), gone, ...heirs] }))).toEqual([['account.ambiguous', '2']]);
  });
});
