import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallRequest, decideCall, type MadeCall } from './call-budget.js';

const NOW = Date.parse('2026-03-14T05:00:00Z');
const unattended = { connection: 'c1', attended: false };
const person = { connection: 'c1', attended: true };
/** So many calls at once, for as long as they are granted. */
const burst = (
  count: number,
  request: Pick<CallRequest, 'attended' | 'connection'>,
  before: readonly MadeCall[] = [],
  nowMs = NOW,
) => {
  let calls = before;
  let granted = 0;
  let waitMs = 0;
  for (let nth = 0; nth < count; nth += 1) {
    const decision = decideCall(calls, request, 30, nowMs);
    ({ calls, waitMs } = decision);
    if (decision.waitMs === 0) granted += 1;
  }
  return { calls, granted, waitMs };
};

describe('the budget of calls', () => {
  it('of a person is all of the minute; then the wait is told to the millisecond', () => {
    const { granted, waitMs, calls } = burst(40, person);
    expect(granted).toBe(30);
    expect(waitMs).toBe(60_000);
    expect(decideCall(calls, person, 30, NOW + 59_999).waitMs).toBe(1);
    expect(decideCall(calls, person, 30, NOW + 60_000).waitMs).toBe(0);
  });

  it('keeps a reserve for people, which nobody else may touch', () => {
    const first = burst(40, unattended);
    const second = burst(40, { ...unattended, connection: 'c2' }, first.calls);
    const third = burst(40, { ...unattended, connection: 'c3' }, second.calls);
    expect([first.granted, second.granted, third.granted]).toEqual([16, 8, 0]);
    expect(burst(40, person, third.calls).granted).toBe(6);
  });

  it('counts what is about no connection for the domain alone', () => {
    const request = { connection: null, attended: false };
    expect(burst(40, request).granted).toBe(24);
  });

  it.each([1, 2, 5])('lets everybody through now and then, however small it is: %i', (perMinute) => {
    expect(decideCall([], unattended, perMinute, NOW).waitMs).toBe(0);
    expect(decideCall([], person, perMinute, NOW).waitMs).toBe(0);
  });

  it('is never overdrawn within any minute, whoever asks, and never waits longer than one', () => {
    const call = fc.record({
      afterMs: fc.integer({ min: 0, max: 20_000 }),
      connection: fc.constantFrom('c1', 'c2', null),
      attended: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(call, { maxLength: 80 }), (perMinute, asked) => {
        let calls: readonly MadeCall[] = [];
        let nowMs = NOW;
        const made: number[] = [];
        for (const { afterMs, ...request } of asked) {
          nowMs += afterMs;
          const decision = decideCall(calls, request, perMinute, nowMs);
          ({ calls } = decision);
          if (decision.waitMs === 0) made.push(nowMs);
          expect(decision.waitMs).toBeLessThanOrEqual(60_000);
        }
        for (const at of made)
          expect(made.filter((each) => each <= at && each > at - 60_000).length).toBeLessThanOrEqual(
            perMinute,
          );
      }),
    );
  });
});
