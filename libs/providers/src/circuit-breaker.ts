/** Whose failures are counted together: a bank as one provider reaches it. */
export interface Circuit {
  readonly provider: string;
  /** As the connection was opened with it: its BIC. */
  readonly bank: string;
}

export type Admission =
  /** Nothing speaks against it. `failures`: how many in a row there were until now. */
  | { readonly kind: 'closed'; readonly failures: number }
  /** The bank is left alone; this one looks whether that can end. Nobody else does until it has reported. */
  | { readonly kind: 'probe'; readonly failures: number }
  /** Not now. `until`: ISO 8601 UTC, when the next look is allowed to what comes by itself. */
  | { readonly kind: 'open'; readonly failures: number; readonly until: string };

/**
 * What a run came to, as far as it tells of the bank: `ok`: it was reached; `fault`: it, or the provider on the way to it, failed;
 * `neutral`: neither, such as a refused password.
 */
export type CircuitReport = 'ok' | 'fault' | 'neutral';

/** Leaves a bank alone that fails again and again: each bank for itself, for all processes alike. */
export abstract class CircuitBreaker {
  /** Asked before each attempt. A person (`attended`) need not wait for the time of the next look. */
  abstract admit(circuit: Circuit, request: { readonly attended: boolean }): Promise<Admission>;

  /** After an attempt that was admitted. Resolves to when the next is allowed, or `null` while the circuit is closed. */
  abstract report(circuit: Circuit, admission: Admission, report: CircuitReport): Promise<string | null>;
}

export interface CircuitRules {
  /** So many failures in a row open it; 0: never. */
  readonly failures: number;
  /** The first pause; it doubles with every look that fails, up to the longest. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
  /** A look that has not reported for so long is taken for lost. */
  readonly probeMs: number;
}

/** What is known of one circuit; times in milliseconds since 1970. */
export interface CircuitState {
  readonly failures: number;
  /** How many pauses there were since it was closed; 0: it is. */
  readonly pauses: number;
  readonly untilMs: number;
  /** The look that is under way is waited for until then; 0: none is. */
  readonly probeUntilMs: number;
}

export const CLOSED: CircuitState = { failures: 0, pauses: 0, untilMs: 0, probeUntilMs: 0 };

const instant = (ms: number): string => new Date(ms).toISOString();

/** Whether an attempt may be made now, and the state from then on. */
export const decideAdmission = (
  state: CircuitState,
  { attended }: { readonly attended: boolean },
  { probeMs }: CircuitRules,
  nowMs: number,
): { readonly admission: Admission; readonly state: CircuitState } => {
  const { failures, pauses, untilMs, probeUntilMs } = state;
  if (pauses === 0) return { admission: { kind: 'closed', failures }, state };
  if (probeUntilMs > nowMs) {
    const until = instant(Math.max(untilMs, probeUntilMs));
    return { admission: { kind: 'open', failures, until }, state };
  }
  return attended || untilMs <= nowMs
    ? { admission: { kind: 'probe', failures }, state: { ...state, probeUntilMs: nowMs + probeMs } }
    : { admission: { kind: 'open', failures, until: instant(untilMs) }, state };
};

/** The state after a report. What was admitted before the circuit opened, and failed after, does not lengthen the pause. */
export const afterReport = (
  state: CircuitState,
  kind: Admission['kind'],
  report: CircuitReport,
  rules: CircuitRules,
  nowMs: number,
): CircuitState => {
  if (report === 'ok') return CLOSED;
  const probed = kind === 'probe' ? { ...state, probeUntilMs: 0 } : state;
  if (report === 'neutral') return probed;
  const failures = state.failures + 1;
  const isOver = state.pauses === 0 ? rules.failures > 0 && failures >= rules.failures : kind === 'probe';
  if (!isOver) return { ...probed, failures };
  const pauseMs = Math.min(rules.pauseMs * 2 ** state.pauses, rules.longestPauseMs);
  return { failures, pauses: state.pauses + 1, untilMs: nowMs + pauseMs, probeUntilMs: 0 };
};
