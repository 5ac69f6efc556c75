import type { LeftAlone, LinkedConnection } from '#domain';
import {
  type Admission,
  type Circuit,
  type CircuitBreaker,
  type CircuitReport,
  type CircuitRequest,
  type CircuitVisit,
  ProviderError,
} from '#providers';
import type { RunProgress } from './run-progress.js';
import { SyncProblem } from './sync-problem.js';

type OpenAdmission = Extract<Admission, { readonly kind: 'open' }>;

/** The bank, or the provider on the way to it, has failed again and again; nothing was asked. */
export class BankLeftAlone extends SyncProblem {
  readonly until: string;
  /** Somebody looks at this moment whether it answers again. */
  readonly isLooking: boolean;
  readonly leftAlone: LeftAlone;

  constructor({ failures, until, isLooking, ofBank }: OpenAdmission, circuit: Circuit) {
    super('bank.circuit-open', { failures: String(failures), until });
    this.until = until;
    this.isLooking = isLooking;
    this.leftAlone = { ...circuit, untilTold: ofBank };
  }
}

/** What fails for everybody at that bank, or everywhere; not what one connection, our settings or a limit of ours brought about. */
const FAULTS = [
  'unavailable',
  'server-error',
  'timeout',
  'unreachable',
  'bank-unavailable',
  'unreadable-answer',
];

export const isBankFault = (error: unknown): boolean =>
  error instanceof ProviderError && FAULTS.some((reason) => error.code.endsWith(`.${reason}`));

/** What a run that failed tells of the bank. */
export const reportOfFailure = (error: unknown): CircuitReport => {
  if (!isBankFault(error)) return 'neutral';
  return error instanceof ProviderError && error.code.endsWith('.bank-unavailable') ? 'bank-fault' : 'fault';
};

/** What a completed run tells of the bank: that the provider answered is no proof that it has been there since. */
export const reportOfSuccess = (
  { bankFault, refreshedAt }: Pick<RunProgress, 'bankFault' | 'refreshedAt'>,
  provedRefresh: string | undefined,
): CircuitReport => {
  if (bankFault) return 'bank-fault';
  const isNewer =
    refreshedAt !== null &&
    (provedRefresh === undefined || Date.parse(refreshedAt) > Date.parse(provedRefresh));
  return isNewer ? 'ok' : 'answered';
};

/** One attempt that the circuit of its bank let pass; it reports once, and frees the look at the bank that it may have. */
export class WatchedBank {
  readonly #circuits: CircuitBreaker;
  readonly #circuit: Circuit;
  readonly #visit: CircuitVisit;
  #hasReported = false;

  private constructor(circuits: CircuitBreaker, circuit: Circuit, visit: CircuitVisit) {
    this.#circuits = circuits;
    this.#circuit = circuit;
    this.#visit = visit;
  }

  /** @throws {BankLeftAlone} the bank is left alone */
  static async admit(
    circuits: CircuitBreaker,
    { opened, connectionId }: LinkedConnection,
    request: Omit<CircuitRequest, 'connectionId'>,
  ): Promise<WatchedBank> {
    const circuit = { provider: opened.provider, bank: opened.institutionId };
    const admission = await circuits.admit(circuit, { connectionId, ...request });
    if (admission.kind === 'open') throw new BankLeftAlone(admission, circuit);
    return new WatchedBank(circuits, circuit, { connectionId, admission });
  }

  /** It looks whether the bank answers again: one failure is enough to know. */
  get isProbe(): boolean {
    return this.#visit.admission.kind === 'probe';
  }

  /** As runs are told that wait for it: what failed now is not mended by the provider's word alone. */
  get leftAlone(): LeftAlone {
    return { ...this.#circuit, untilTold: false };
  }

  /** Until when the bank is left alone now, if it is. */
  async report(report: CircuitReport): Promise<string | null> {
    if (this.#hasReported) return null;
    this.#hasReported = true;
    return this.#circuits.report(this.#circuit, this.#visit, report);
  }
}
