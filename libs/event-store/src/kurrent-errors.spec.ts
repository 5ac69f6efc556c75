import { AccessDeniedError, UnavailableError, WrongExpectedVersionError } from '@kurrent/kurrentdb-client';
import { describe, expect, it } from 'vitest';
import { isStuck, isUnsettled } from './kurrent-errors.js';

/** As the client lets it through from its look-up of server features. */
const raw = (code: number): Error => Object.assign(new Error(`${code} from gRPC`), { code });
const converted = new UnavailableError(undefined);
const conflict = new WrongExpectedVersionError(undefined, {
  streamName: 's-1',
  current: 1n,
  expected: 0n,
});

describe('isUnsettled', () => {
  it.each([
    ['a raw UNAVAILABLE', raw(14), true],
    ['a raw DEADLINE_EXCEEDED', raw(4), true],
    ['a raw PERMISSION_DENIED', raw(7), false],
    ['a converted UNAVAILABLE', converted, true],
    ['a refused revision', conflict, false],
    ['denied access', new AccessDeniedError(undefined), false],
    ['a bug', new TypeError('x is not a function'), false],
    ['what is no error', 'gone', false],
  ])('of %s', (_, error, expected) => {
    expect(isUnsettled(error)).toBe(expected);
  });
});

describe('isStuck', () => {
  it.each([
    ['a raw UNAVAILABLE, which the client drops itself', raw(14), false],
    ['a raw CANCELLED, which the client drops itself', raw(1), false],
    ['a raw DEADLINE_EXCEEDED, which it keeps', raw(4), true],
    ['a raw UNAUTHENTICATED, which it keeps', raw(16), true],
    ['an answer to the append itself', converted, false],
    ['a bug', new TypeError('x is not a function'), false],
  ])('of %s', (_, error, expected) => {
    expect(isStuck(error)).toBe(expected);
  });
});
