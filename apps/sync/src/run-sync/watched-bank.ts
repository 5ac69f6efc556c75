import type { LinkedConnection } from '#domain';
import {
  type Admission,
  type Circuit,
  type CircuitBreaker,
  type CircuitReport,
  ProviderError,
} from '#providers';
import { SyncProblem } from './sync-problem.js';

/** The bank, or the provider on the way to it, has failed again and again; nothing was asked. */
export class BankLeftAlone extends SyncProblem {
  constructor(
    failures: number,
    readonly until: string,
  ) {
    super('bank.circuit-open', { failures: String(failures), until });
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

/** One attempt that the circuit of its bank let pass; it reports once, and frees the look at the bank that it may have. */
export class WatchedBank {
  readonly #circuits: CircuitBreaker;
  readonly #circuit: Circuit;
  readonly #admission: Admission;
  #hasReported = false;

  private constructor(circuits: CircuitBreaker, circuit: Circuit, admission: Admission) {
    this.#circuits = circuits;
    this.#circuit = circuit;
    this.#admission = admission;
  }

  /** @throws {BankLeftAlone} the bank is left alone */
  static async admit(
    circuits: CircuitBreaker,
    { opened }: LinkedConnection,
    attended: boolean,
  ): Promise<WatchedBank> {
    const circuit = { provider: opened.provider, bank: opened.institutionId };
    const admission = await circuits.admit(circuit, { attended });
    if (admission.kind === 'open') throw new BankLeftAlone(admission.failures, admission.until);
    return new WatchedBank(circuits, circuit, admission);
  }

  /** It looks whether the bank answers again: one failure is enough to know. */
  get isProbe(): boolean {
    return this.#admission.kind === 'probe';
  }

  /** Until when the bank is left alone now, if it is. */
  async report(report: CircuitReport): Promise<string | null> {
    if (this.#hasReported) return null;
    this.#hasReported = true;
    return this.#circuits.report(this.#circuit, this.#admission, report);
  }
}
