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
const machine = { attended: false };
const person = { attended: true };

/** One attempt after another, each admitted and reported at once. */
const after = (reports: readonly CircuitReport[], nowMs = NOW, from: CircuitState = CLOSED): CircuitState => {
  let state = from;
  for (const report of reports) {
    const decided = decideAdmission(state, person, RULES, nowMs);
    state = afterReport(decided.state, decided.admission.kind, report, RULES, nowMs);
  }
  return state;
};
const admission = (state: CircuitState, nowMs: number, request = machine): Admission =>
  decideAdmission(state, request, RULES, nowMs).admission;

const opened = after(['fault', 'fault', 'fault']);
const inMs = (ms: number) => new Date(NOW + ms).toISOString();

describe('a circuit', () => {
  it('opens after so many failures in a row, not before', () => {
    expect(admission(after(['fault', 'fault']), NOW)).toEqual({ kind: 'closed', failures: 2 });
    expect(admission(opened, NOW)).toEqual({ kind: 'open', failures: 3, until: inMs(60_000) });
  });

  it('counts anew after a success, and is left as it is by what says nothing of the bank', () => {
    expect(admission(after(['fault', 'fault', 'ok', 'fault', 'fault']), NOW).kind).toBe('closed');
    expect(admission(after(['fault', 'neutral', 'fault', 'neutral', 'fault']), NOW).kind).toBe('open');
    expect(after(Array.from({ length: 50 }, () => 'neutral'))).toEqual(CLOSED);
  });

  it('never opens where that is switched off', () => {
    let state = CLOSED;
    for (let nth = 0; nth < 50; nth += 1)
      state = afterReport(state, 'closed', 'fault', { ...RULES, failures: 0 }, NOW);
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
    const state = afterReport(opened, 'closed', 'fault', RULES, NOW + 30_000);
    expect(admission(state, NOW + 60_000).kind).toBe('probe');
  });

  it('is never probed by two, and always again in the end, whatever is reported', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 90_000 }),
      attended: fc.boolean(),
      report: fc.constantFrom<CircuitReport | null>('ok', 'fault', 'fault', 'neutral', null),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = CLOSED;
        let nowMs = NOW;
        let lookingUntil = 0;
        const tooMany: number[] = [];
        for (const { afterMs, attended, report } of steps) {
          nowMs += afterMs;
          const { admission: admitted, state: next } = decideAdmission(state, { attended }, RULES, nowMs);
          const isLook = admitted.kind === 'probe';
          if (isLook && nowMs < lookingUntil) tooMany.push(nowMs);
          if (isLook) lookingUntil = report === null ? nowMs + RULES.probeMs : 0;
          const isDone = admitted.kind !== 'open' && report !== null;
          state = isDone ? afterReport(next, admitted.kind, report, RULES, nowMs) : next;
        }
        expect(tooMany).toEqual([]);
        expect(admission(state, nowMs + RULES.longestPauseMs + RULES.probeMs).kind).not.toBe('open');
      }),
    );
  });
});
