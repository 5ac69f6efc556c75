import { describe, expect, it } from 'vitest';
import { isAttended, type RefreshFacts, refreshWish } from './refresh.js';

const NOW = '2026-06-01T08:00:00.000Z';
const ago = (minutes: number): string => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
const policy = { afterMs: 3_600_000, now: NOW };
const byPerson = { attendedAt: ago(1) };
const stale: RefreshFacts = {
  isHealthy: true,
  isBusy: false,
  nextTryAt: null,
  refreshedAt: ago(600),
  isSilent: false,
};
const silent = { ...stale, isSilent: true };
const asked = (minutesAgo: number, nextAllowedAt: string | null = null) => ({
  decidedAt: ago(minutesAgo),
  nextAllowedAt,
});

describe('for a person who waits, the provider', () => {
  it('is asked to look at the bank when what it has is old', () => {
    expect(refreshWish(byPerson, undefined, stale, policy)).toEqual({ kind: 'ask', attended: true });
    expect(refreshWish(byPerson, undefined, { ...stale, refreshedAt: ago(60) }, policy).kind).toBe('ask');
  });

  it.each([
    ['what it has is fresh', byPerson, { ...stale, refreshedAt: ago(59) }, policy],
    ['it is at its first look', byPerson, { ...stale, refreshedAt: null }, policy],
    ['the connection has a problem', byPerson, { ...stale, isHealthy: false }, policy],
    ['the person asked too long ago to be there still', { attendedAt: ago(6) }, stale, policy],
    ['it was asked for this run', { ...byPerson, refresh: { outcome: 'asked', code: null, nextAllowedAt: null, attempt: 1, refreshedBefore: null } as const }, stale, policy],
    ['that is switched off', byPerson, stale, { ...policy, afterMs: 0 }],
  ])('is left alone when %s', (_, run, facts, rules) => {
    expect(refreshWish(run, undefined, facts, rules)).toEqual({ kind: 'none' });
  }); // prettier-ignore

  it('is not asked before it allows it again, nor twice within a quarter of an hour, and the time is told', () => {
    const refused = { kind: 'refused', code: 'refresh.too-soon' };
    expect(refreshWish(byPerson, asked(14), stale, policy)).toEqual({ ...refused, nextAllowedAt: ago(-1) });
    expect(refreshWish(byPerson, asked(15), stale, policy).kind).toBe('ask');
    expect(refreshWish(byPerson, asked(60, ago(-30)), stale, policy)).toEqual({
      ...refused,
      nextAllowedAt: ago(-30),
    });
  });

  it('is not asked while it cannot reach the bank, and says when it tries again', () => {
    const busy = { ...stale, isHealthy: false, isBusy: true, nextTryAt: ago(-45) };
    expect(refreshWish(byPerson, undefined, busy, policy)).toEqual({
      kind: 'refused',
      code: 'refresh.bank-not-ready',
      nextAllowedAt: ago(-45),
    });
  });
});

describe('when nobody waits, the provider', () => {
  it('is never asked, but for a nudge a day when it fell silent', () => {
    expect(refreshWish({}, undefined, stale, policy)).toEqual({ kind: 'none' });
    expect(refreshWish({}, undefined, silent, policy)).toEqual({ kind: 'ask', attended: false });
    expect(refreshWish({}, asked(1_439), silent, policy)).toEqual({ kind: 'none' });
    expect(refreshWish({}, asked(1_440), silent, policy).kind).toBe('ask');
    expect(refreshWish({}, undefined, { ...silent, isHealthy: false }, policy)).toEqual({ kind: 'none' });
  });
});

it('is attended for five minutes from the last time that a person asked', () => {
  expect([isAttended({}, NOW), isAttended({ attendedAt: ago(5) }, NOW), isAttended({ attendedAt: ago(5.1) }, NOW)]).toEqual([false, true, false]); // prettier-ignore
});
