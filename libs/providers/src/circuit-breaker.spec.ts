import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Admission,
  afterReport,
  type CircuitReport,
  type CircuitRules,
  type CircuitState,
  CLOSED,
  decideAdmission,
} from './circuit-breaker.js';

const NOW = Date.parse('2026-03-14T05:00:00Z');
const RULES: CircuitRules = { failures: 3, pauseMs: 60_000, longestPauseMs: 200_000, probeMs: 30_000 };
const machine = { connectionId: 'any', attended: false, told: false };
const person = { ...machine, attended: true };
const told = { ...machine, told: true };

/** One attempt of a connection, admitted for a person and reported at once. */
const attempt = (
  state: CircuitState,
  report: CircuitReport,
  { connectionId = 'any', nowMs = NOW, rules = RULES } = {},
): CircuitState => {
  const decided = decideAdmission(state, { ...person, connectionId }, rules, nowMs);
  const visit = { connectionId, admission: decided.admission };
  return afterReport(decided.state, visit, report, rules, nowMs);
};
/** One attempt after another, each of another connection. */
const after = (reports: readonly CircuitReport[], nowMs = NOW, from: CircuitState = CLOSED): CircuitState =>
  reports.reduce(
    (state, report, n) => attempt(state, report, { connectionId: `${nowMs}-${n}`, nowMs }),
    from,
  );
const admission = (state: CircuitState, nowMs: number, request = machine): Admission =>
  decideAdmission(state, request, RULES, nowMs).admission;

const opened = after(['fault', 'fault', 'fault']);
const inMs = (ms: number) => new Date(NOW + ms).toISOString();

describe('a circuit', () => {
  it('opens after so many failures in a row, not before', () => {
    expect(admission(after(['fault', 'fault']), NOW)).toEqual({ kind: 'closed', failures: 2 });
    expect(admission(opened, NOW)).toEqual({
      kind: 'open',
      failures: 3,
      until: inMs(60_000),
      isLooking: false,
      ofBank: false,
    });
  });

  it('counts anew after a success, and is left as it is by what says nothing of the bank', () => {
    expect(admission(after(['fault', 'fault', 'ok', 'fault', 'fault']), NOW).kind).toBe('closed');
    expect(admission(after(['fault', 'neutral', 'fault', 'neutral', 'fault']), NOW).kind).toBe('open');
    expect(after(Array.from({ length: 50 }, () => 'neutral'))).toEqual(CLOSED);
  });

  it('never opens where that is switched off', () => {
    let state = CLOSED;
    for (let nth = 0; nth < 50; nth += 1)
      state = attempt(state, 'fault', { connectionId: `${nth}`, rules: { ...RULES, failures: 0 } });
    expect(admission(state, NOW).kind).toBe('closed');
  });

  it('lets one look when the pause is over, and nobody beside it', () => {
    expect(admission(opened, NOW + 59_999).kind).toBe('open');
    const looking = decideAdmission(opened, machine, RULES, NOW + 60_000);
    expect(looking.admission.kind).toBe('probe');
    for (const request of [machine, person])
      expect(admission(looking.state, NOW + 60_001, request)).toMatchObject({
        kind: 'open',
        until: inMs(90_000),
        isLooking: true,
      });
  });

  it('lets a person look before, and no two at once', () => {
    const looking = decideAdmission(opened, person, RULES, NOW + 1);
    expect(looking.admission.kind).toBe('probe');
    expect(admission(looking.state, NOW + 2, person).kind).toBe('open');
  });

  it('waits for a look that was lost no longer than it may take', () => {
    const { state } = decideAdmission(opened, machine, RULES, NOW + 60_000);
    expect(admission(state, NOW + 89_999).kind).toBe('open');
    expect(admission(state, NOW + 90_000).kind).toBe('probe');
  });

  it('closes when the look succeeds, and pauses twice as long, up to the longest, when it fails', () => {
    expect(after(['ok'], NOW + 60_000, opened)).toEqual(CLOSED);
    const pauses: number[] = [];
    let [state, nowMs] = [opened, NOW];
    for (let nth = 0; nth < 4; nth += 1) {
      pauses.push(state.untilMs - nowMs);
      nowMs = state.untilMs;
      state = after(['fault'], nowMs, state);
    }
    expect(pauses).toEqual([60_000, 120_000, 200_000, 200_000]);
  });

  it('lets the next one look at once when a look says nothing of the bank', () => {
    const state = after(['neutral'], NOW + 60_000, opened);
    expect(admission(state, NOW + 60_000).kind).toBe('probe');
  });

  it('is not kept open longer by those who were under way when it opened', () => {
    const admitted = { kind: 'closed', failures: 2 } as const;
    const state = afterReport(
      opened,
      { connectionId: 'late', admission: admitted },
      'fault',
      RULES,
      NOW + 30_000,
    );
    expect(admission(state, NOW + 60_000).kind).toBe('probe');
  });

  it('is not kept open longer by those who look before its time, however often', () => {
    let state = opened;
    for (let ms = 0; ms < 60_000; ms += 500) state = attempt(state, 'fault', { nowMs: NOW + ms });
    expect(state).toMatchObject({ pauses: 1, untilMs: opened.untilMs, failures: 4 });
    expect(admission(state, NOW + 60_000).kind).toBe('probe');
  });

  it('counts a connection once per pause, however often it fails', () => {
    let state = CLOSED;
    for (let ms = 0; ms < 60_000; ms += 1_000) state = attempt(state, 'bank-fault', { nowMs: NOW + ms });
    expect(admission(state, NOW).kind).toBe('closed');
    expect(state.failures).toBe(1);
    for (const minute of [1, 2]) state = attempt(state, 'bank-fault', { nowMs: NOW + minute * 60_000 });
    expect(state).toMatchObject({ failures: 3, pauses: 1 });
  });

  it('keeps away the one connection that fails, and all of them as soon as another one does', () => {
    const nowMs = NOW + 120_000;
    const one = [0, 1, 2].reduce(
      (state, minute) => attempt(state, 'fault', { nowMs: NOW + minute * 60_000 }),
      CLOSED,
    );
    expect(admission(one, nowMs + 1).kind).toBe('open');
    const other = { ...machine, connectionId: 'other' };
    expect(admission(one, nowMs + 1, other)).toEqual({ kind: 'closed', failures: 3 });
    const two = attempt(one, 'fault', { connectionId: 'other', nowMs: nowMs + 1 });
    expect(two.untilMs).toBe(one.untilMs);
    for (const connectionId of ['any', 'other', 'third'])
      expect(admission(two, nowMs + 2, { ...machine, connectionId }).kind).toBe('open');
  });

  it('is closed by an answer of the provider, where it was the provider that gave none', () => {
    expect(attempt(opened, 'answered')).toEqual(CLOSED);
    expect(attempt(after(['fault', 'fault']), 'answered')).toEqual(CLOSED);
  });

  it('is closed by nothing but the bank, where the provider said that it does not reach it', () => {
    const state = after(['bank-fault', 'fault', 'bank-fault']);
    expect(attempt(state, 'answered')).toEqual(state);
    expect(attempt(state, 'answered', { connectionId: `${NOW}-1` })).toEqual(state);
    expect(attempt(state, 'answered', { connectionId: `${NOW}-0` })).toEqual(CLOSED);
    expect(attempt(state, 'ok')).toEqual(CLOSED);
  });

  it('lets one look that the provider told of a look at the bank, unless it is the provider that fails', () => {
    expect(admission(after(['bank-fault', 'bank-fault', 'bank-fault']), NOW, told).kind).toBe('probe');
    expect(admission(opened, NOW, told).kind).toBe('open');
    expect(admission(after(['bank-fault', 'fault', 'bank-fault']), NOW, told).kind).toBe('open');
  });

  it('is never probed by two, never paused for longer before its time, and always again in the end, whatever is reported', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 90_000 }),
      connectionId: fc.constantFrom('a', 'b', 'c', 'd'),
      attended: fc.boolean(),
      told: fc.boolean(),
      report: fc.constantFrom<CircuitReport | null>('ok', 'answered', 'fault', 'bank-fault', 'neutral', null),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = CLOSED;
        let nowMs = NOW;
        let lookingUntil = 0;
        const [tooMany, tooLong]: [number[], number[]] = [[], []];
        for (const { afterMs, report, ...request } of steps) {
          nowMs += afterMs;
          const { admission: admitted, state: next } = decideAdmission(state, request, RULES, nowMs);
          const isLook = admitted.kind === 'probe';
          if (isLook && nowMs < lookingUntil) tooMany.push(nowMs);
          if (isLook) lookingUntil = report === null ? nowMs + RULES.probeMs : 0;
          const isDone = admitted.kind !== 'open' && report !== null;
          const visit = { connectionId: request.connectionId, admission: admitted };
          const before = state;
          state = isDone ? afterReport(next, visit, report, RULES, nowMs) : next;
          if (before.pauses > 0 && nowMs < before.untilMs && state.pauses > before.pauses)
            tooLong.push(nowMs);
        }
        expect([tooMany, tooLong]).toEqual([[], []]);
        expect(admission(state, nowMs + RULES.longestPauseMs + RULES.probeMs).kind).not.toBe('open');
      }),
    );
  });
});
