import { ProviderError } from '#providers';
import { describe, expect, it } from 'vitest';
import { reportOfFailure, reportOfSuccess } from './watched-bank.js';

const PROVED = '2026-03-14T05:00:00.000Z';
const LATER = '2026-03-14T06:00:00.000Z';

describe('what a run tells of its bank', () => {
  it.each([
    ['that the bank was reached, when the provider was there anew', LATER, PROVED, 'ok'],
    ['that, too, when it is the first success', PROVED, undefined, 'ok'],
    ['no more than that the provider answers, when it was not', PROVED, PROVED, 'answered'],
    ['no more than that, when it was never there', null, undefined, 'answered'],
  ] as const)('is %s', (_, refreshedAt, proved, report) => {
    expect(reportOfSuccess({ bankFault: false, refreshedAt }, proved)).toBe(report);
    expect(reportOfSuccess({ bankFault: true, refreshedAt }, proved)).toBe('bank-fault');
  });

  it.each([
    ['powens.bank-unavailable', 'bank-fault'],
    ['powens.server-error', 'fault'],
    ['powens.unreachable', 'fault'],
    ['powens.wrong-password', 'neutral'],
    ['powens.rate-limited', 'neutral'],
  ] as const)('is by its failure %s: %s', (code, report) =>
    expect(reportOfFailure(new ProviderError('retry', code, 'x'))).toBe(report),
  );

  it('is nothing when we fail ourselves', () => expect(reportOfFailure(new Error('x'))).toBe('neutral'));
});
