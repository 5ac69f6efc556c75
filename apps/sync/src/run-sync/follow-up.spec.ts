import { ProviderError } from '#providers';
import { describe, expect, it } from 'vitest';
import { followUpOf, limitOf } from './follow-up.js';
import { BankLeftAlone, isBankFault } from './watched-bank.js';

const NOW = '2026-06-01T08:00:00.000Z';
const inMs = (ms: number): string => new Date(Date.parse(NOW) + ms).toISOString();
const waitOf = (notBefore: string): number => Date.parse(notBefore) - Date.parse(NOW);

const told = (retryAfterMs: number) =>
  new ProviderError('retry-after', 'powens.rate-limited', 'Wait.', { retryAfterMs });

const bankLeftAlone = (until: string) =>
  new BankLeftAlone(
    { kind: 'open', failures: 5, until, isLooking: false, ofBank: false },
    { provider: 'powens', bank: 'BANKFRPP' },
  );

describe('what stopped a run says until when nothing asks again', () => {
  it.each([
    ['the provider, with a time', told(90_000), null, inMs(90_000)],
    [
      'the provider, without one',
      new ProviderError('retry-after', 'powens.rate-limited', 'Wait.'),
      null,
      null,
    ],
    ['the bank that is left alone', bankLeftAlone(inMs(60_000)), null, inMs(60_000)],
    ['the failure that made it so', new ProviderError('retry', 'powens.timeout', 'x'), inMs(7), inMs(7)],
    ['a failure that passes', new ProviderError('retry', 'powens.timeout', 'x'), null, null],
    ['a refused password', new ProviderError('needs-user', 'powens.wrong-password', 'x'), null, null],
  ])('%s', (_, error, leftAlone, limit) => {
    expect(limitOf(error, leftAlone, NOW)).toBe(limit);
  });
});

describe('the run that takes it up', () => {
  it('begins when that is allowed, at the earliest', () => {
    expect(waitOf(followUpOf({}, inMs(600_000), NOW, () => 0).notBefore)).toBe(600_000);
    expect(waitOf(followUpOf({}, inMs(1), NOW, () => 0).notBefore)).toBe(60_000);
  });

  it('waits twice as long each time, up to an hour', () => {
    const waits = [0, 1, 2, 5, 6, 40].map((followUp) =>
      waitOf(followUpOf({ followUp }, NOW, NOW, () => 0).notBefore),
    );
    expect(waits.map((ms) => ms / 60_000)).toEqual([1, 2, 4, 32, 60, 60]);
  });

  it('comes at a moment of its own, and is one of its own', () => {
    const [a, b] = [followUpOf({}, NOW, NOW, () => 0), followUpOf({}, NOW, NOW, () => 0.999)];
    expect(waitOf(b.notBefore) - waitOf(a.notBefore)).toBeGreaterThan(14_000);
    expect(a.syncId).not.toBe(b.syncId);
  });
});

describe('a failure of the bank, or of the provider on the way to it', () => {
  it.each([
    ['powens.unavailable', true],
    ['powens.timeout', true],
    ['powens.unreachable', true],
    ['powens.bank-unavailable', true],
    ['powens.server-error', true],
    ['powens.unreadable-answer', true],
    ['powens.rate-limited', false],
    ['powens.budget-spent', false],
    ['powens.too-many-syncs', false],
    ['powens.wrong-password', false],
    ['powens.action-needed', false],
    ['powens.token-refused', false],
    ['powens.client-refused', false],
    ['powens.not-found', false],
  ] as const)('%s: %s', (code, isFault) => {
    expect(isBankFault(new ProviderError('retry', code, 'x'))).toBe(isFault);
  });

  it('is no failure of ours', () => expect(isBankFault(new Error('powens.timeout'))).toBe(false));
});
