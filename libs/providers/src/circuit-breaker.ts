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
  | {
      readonly kind: 'open';
      readonly failures: number;
      readonly until: string;
      /** Somebody looks at this moment. */
      readonly isLooking: boolean;
      /** The provider answers well, and cannot reach the bank, it says. */
      readonly ofBank: boolean;
    };

/**
 * What a run came to, as far as it tells of the bank. `ok`: the provider has been at the bank anew; `answered`: the provider
 * answered and showed what it had; `fault`: the provider, or the way to it, failed; `bank-fault`: the provider says that it
 * cannot reach the bank; `neutral`: none of these, such as a refused password.
 */
export type CircuitReport = 'ok' | 'answered' | 'fault' | 'bank-fault' | 'neutral';

/** Who would ask the bank, and what lets it do so before the time of the next look. */
export interface CircuitRequest {
  readonly connectionId: string;
  /** A person waits. */
  readonly attended: boolean;
  /** The provider said by itself that it has just been at the bank: enough where it had said that it cannot get there. */
  readonly told: boolean;
}

/** An attempt that was admitted. */
export interface CircuitVisit {
  readonly connectionId: string;
  readonly admission: Admission;
}

/** Leaves a bank alone that fails again and again: each bank for itself, for all processes alike. */
export abstract class CircuitBreaker {
  /** Asked before each attempt. */
  abstract admit(circuit: Circuit, request: CircuitRequest): Promise<Admission>;

  /** After an attempt that was admitted. Resolves to when the next is allowed, or `null` while the circuit is closed. */
  abstract report(circuit: Circuit, visit: CircuitVisit, report: CircuitReport): Promise<string | null>;
}

export interface CircuitRules {
  /** So many failures in a row open it; 0: never. */
  readonly failures: number;
  /** The first pause; it doubles with every look that fails when one is over, up to the longest. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
  /** A look that has not reported for so long is taken for lost. */
  readonly probeMs: number;
}

/** A connection that failed since the bank was last reached. */
export interface FailedConnection {
  readonly connectionId: string;
  /** When its failure was last counted. */
  readonly atMs: number;
  /** The provider said of it that it cannot reach the bank. */
  readonly ofBank: boolean;
}

/** What is known of one circuit; times in milliseconds since 1970. */
export interface CircuitState {
  /** In a row; of one connection no two that are closer than the first pause. */
  readonly failures: number;
  /** Whose they are, oldest first; while there is one alone, the others are not kept from asking. */
  readonly failed: readonly FailedConnection[];
  /** How many pauses there were since it was closed; 0: it is. */
  readonly pauses: number;
  readonly untilMs: number;
  /** The look that is under way is waited for until then; 0: none is. */
  readonly probeUntilMs: number;
}

export const CLOSED: CircuitState = { failures: 0, failed: [], pauses: 0, untilMs: 0, probeUntilMs: 0 };

/** More would tell nobody more. */
const MOST_REMEMBERED = 100;

const instant = (ms: number): string => new Date(ms).toISOString();

/** Whether the failures are those of one other connection alone: they tell nothing of this one. */
const isOthersAlone = ({ failed }: CircuitState, connectionId: string): boolean =>
  failed.length === 1 && failed[0]?.connectionId !== connectionId;

/** Whether the provider answers well, and cannot reach the bank, as it said of all that failed. */
const isOfBank = ({ failed }: CircuitState): boolean =>
  failed.length > 0 && failed.every(({ ofBank }) => ofBank);

/** Whether an attempt may be made now, and the state from then on. */
export const decideAdmission = (
  state: CircuitState,
  { connectionId, attended, told }: CircuitRequest,
  { probeMs }: CircuitRules,
  nowMs: number,
): { readonly admission: Admission; readonly state: CircuitState } => {
  const { failures, pauses, untilMs, probeUntilMs } = state;
  if (pauses === 0 || isOthersAlone(state, connectionId))
    return { admission: { kind: 'closed', failures }, state };
  const [isLooking, ofBank] = [probeUntilMs > nowMs, isOfBank(state)];
  if (!isLooking && (attended || (told && ofBank) || untilMs <= nowMs))
    return { admission: { kind: 'probe', failures }, state: { ...state, probeUntilMs: nowMs + probeMs } };
  const until = instant(isLooking ? Math.max(untilMs, probeUntilMs) : untilMs);
  return { admission: { kind: 'open', failures, until, isLooking, ofBank }, state };
};

/**
 * Whether the bank was reached. Where the provider said that it cannot reach it, that the provider answers proves nothing,
 * unless it said so of this very connection and does not any more.
 */
const isReached = ({ failed }: CircuitState, connectionId: string, report: CircuitReport): boolean =>
  report === 'ok' ||
  (report === 'answered' &&
    (failed.every(({ ofBank }) => !ofBank) ||
      failed.some((each) => each.ofBank && each.connectionId === connectionId)));

const withFailure = (
  state: CircuitState,
  failed: FailedConnection,
  { pauseMs }: CircuitRules,
): CircuitState => {
  const isSame = ({ connectionId }: FailedConnection) => connectionId === failed.connectionId;
  const last = state.failed.find(isSame);
  if (last && failed.atMs - last.atMs < pauseMs) return state;
  const others = state.failed.filter((each) => !isSame(each));
  return { ...state, failures: state.failures + 1, failed: [...others, failed].slice(-MOST_REMEMBERED) };
};

/**
 * The state after a report. Only a look at or after the end of a pause lengthens it: neither who looks before, nor what was
 * admitted before the circuit opened and failed after.
 */
export const afterReport = (
  state: CircuitState,
  { connectionId, admission: { kind } }: CircuitVisit,
  report: CircuitReport,
  rules: CircuitRules,
  nowMs: number,
): CircuitState => {
  if (isReached(state, connectionId, report)) return CLOSED;
  const probed = kind === 'probe' ? { ...state, probeUntilMs: 0 } : state;
  if (report !== 'fault' && report !== 'bank-fault') return probed;
  const next = withFailure(probed, { connectionId, atMs: nowMs, ofBank: report === 'bank-fault' }, rules);
  const isOver =
    state.pauses === 0
      ? rules.failures > 0 && next.failures >= rules.failures
      : kind === 'probe' && nowMs >= state.untilMs;
  if (!isOver) return next;
  const pauseMs = Math.min(rules.pauseMs * 2 ** state.pauses, rules.longestPauseMs);
  return { ...next, pauses: state.pauses + 1, untilMs: nowMs + pauseMs, probeUntilMs: 0 };
};
