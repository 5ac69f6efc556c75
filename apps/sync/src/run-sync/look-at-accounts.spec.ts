import type { KnownAccount, RunProblem } from '#domain';
import type { BankDay } from '#kernel';
import type { ConnectionSnapshot, ProviderAccount } from '#providers';
import { anyAccount } from '#testing';
import { describe, expect, it } from 'vitest';
import { lookAtAccounts, noteAccountProblems, withBehindSince } from './look-at-accounts.js';

const day = (n: number): string => `2026-06-${String(n).padStart(2, '0')}T04:00:00.000Z`;
const TODAY = '2026-06-20' as BankDay;
const DAILY = [17, 18, 19, 20].map(day);
const WEEKLY = [6, 13, 20].map(day);

const shown = (providerAccountId: string, part: Partial<ProviderAccount> = {}): ProviderAccount =>
  anyAccount({ providerAccountId, refreshedAt: day(20), error: null, ...part });

const snapshot = (...accounts: readonly ProviderAccount[]): ConnectionSnapshot => ({
  providerConnectionId: 'p1',
  providerUserId: 'u1',
  health: { kind: 'healthy' },
  refreshedAt: day(20),
  consentExpiresAt: null,
  accounts,
});

const known = (providerAccountId: string): KnownAccount => ({
  providerAccountId,
  ledgerId: `l-${providerAccountId}`,
  iban: null,
  name: 'Compte',
  accountType: 'checking',
  currency: 'EUR',
  sharing: 'shared',
  trackedAs: `acc-${providerAccountId}`,
});

const problemOf = (part: Partial<ProviderAccount>, refreshes: readonly string[] = DAILY) =>
  lookAtAccounts(snapshot(shown('a', part)), refreshes)[0]?.problem ?? null;

describe('an account by its own freshness', () => {
  it('is as fresh as it says, or unknown', () => {
    const { refreshedAt: _, error: __, ...unsaid } = shown('c');
    const accounts = [shown('a'), shown('b', { refreshedAt: null }), unsaid];
    expect(lookAtAccounts(snapshot(...accounts), DAILY)).toEqual([
      { providerAccountId: 'a', refreshedAt: day(20), problem: null },
      { providerAccountId: 'b', refreshedAt: null, problem: null },
      { providerAccountId: 'c', refreshedAt: null, problem: null },
    ]);
  });

  // Pain D2: one account stood still for weeks in a connection that was well.
  it('is stale when its connection left it behind, by the rhythm of that connection', () => {
    expect(problemOf({ refreshedAt: day(16) })).toEqual({
      code: 'account.stale',
      parameters: { refreshedAt: day(16) },
    });
    expect(problemOf({ refreshedAt: day(17) })).toBeNull();
    expect(problemOf({ refreshedAt: day(7) }, WEEKLY)).toBeNull();
  });

  it('is failing when the provider says so, however fresh', () =>
    expect(problemOf({ error: 'actionNeeded' })).toEqual({
      code: 'account.failing',
      parameters: { error: 'actionNeeded' },
    }));

  it('is no problem where it is not shared, or nobody knows when the bank was looked at', () => {
    expect(problemOf({ status: 'not-shared', refreshedAt: day(1), error: 'bug' })).toBeNull();
    const never = { ...snapshot(shown('a', { refreshedAt: day(1) })), refreshedAt: null };
    expect(lookAtAccounts(never, DAILY)[0]?.problem).toBeNull();
  });
});

describe('what speaks against a success', () => {
  const looks = lookAtAccounts(
    snapshot(
      shown('a'),
      shown('b', { error: 'bug' }),
      shown('c', { refreshedAt: day(2) }),
      shown('d', { error: 'bug', refreshedAt: null }),
    ),
    DAILY,
  );

  it('is told of each account that is imported, and of no other', () => {
    const problems: RunProblem[] = [];
    noteAccountProblems({ problems }, looks, ['a', 'b', 'c'].map(known));
    expect(problems).toEqual([
      { code: 'account.failing', accountId: 'acc-b', rowKey: null, count: 1, parameters: { error: 'bug' } },
      {
        code: 'account.stale',
        accountId: 'acc-c',
        rowKey: null,
        count: 1,
        parameters: { refreshedAt: day(2) },
      },
    ]);
  });

  it('says from which day on they may be old', () => {
    const days = withBehindSince(['a', 'b', 'c', 'd', 'e'].map(known), looks, {
      today: TODAY,
      timeZone: 'Europe/Paris',
    }).map(({ behindSince }) => behindSince);
    expect(days).toEqual([null, TODAY, '2026-06-02', TODAY, null]);
  });
});
