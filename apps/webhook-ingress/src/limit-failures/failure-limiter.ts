import { LRUCache } from 'lru-cache';
import { senderKey } from './sender-key.js';
import { Turnstile } from './turnstile.js';

export interface FailureRules {
  /** Failures that a sender may make at once. */
  readonly burst: number;
  /** Failures that are forgiven. */
  readonly perSecond: number;
  /** Senders that are remembered; the one that was quiet for longest is forgotten first. */
  readonly senders: number;
}

/** A provider with a wrong secret stays below it for a good while; junk does not. */
export const FAILURE_RULES: FailureRules = { burst: 60, perSecond: 1, senders: 10_000 };

const UNVERIFIED_AT_ONCE = 2;
const WAIT_MS = 10_000;

interface Record {
  /** Failures that are not forgiven yet, as of `atMs`. */
  readonly failures: number;
  readonly atMs: number;
}

/** Counts what of a sender could not be verified; in the memory of this process, for a bounded number of senders. */
export class FailureLimiter {
  readonly #rules: FailureRules;
  readonly #records: LRUCache<string, Record>;
  readonly #turns = new Map<string, Turnstile>();
  readonly #unverified = new Turnstile(UNVERIFIED_AT_ONCE, WAIT_MS);

  /** @param nowMs milliseconds that only go forwards */
  constructor(
    rules: FailureRules = FAILURE_RULES,
    readonly nowMs: () => number = () => performance.now(),
  ) {
    this.#rules = rules;
    this.#records = new LRUCache({ max: rules.senders });
  }

  get senders(): number {
    return this.#records.size;
  }

  /** Whether this address has failed more often than is forgiven. */
  isOver(address: string): boolean {
    return this.#failuresOf(senderKey(address)) + 1 > this.#rules.burst;
  }

  failed(address: string): void {
    const key = senderKey(address);
    const failures = Math.min(this.#failuresOf(key) + 1, this.#rules.burst);
    this.#records.set(key, { failures, atMs: this.nowMs() });
  }

  /**
   * Large bodies of a sender that is over its limit are taken one after the other, those of anybody else at once.
   * @returns what is called when this one is over
   * @throws {BodyRefusal} `busy`: its turn did not come within the time
   */
  async turn(address: string): Promise<() => void> {
    if (!this.isOver(address)) return () => undefined;
    const key = senderKey(address);
    const own = this.#turns.get(key) ?? new Turnstile(1, WAIT_MS);
    this.#turns.set(key, own);
    const leave = await own.enter();
    return () => {
      leave();
      if (own.isIdle && this.#turns.get(key) === own) this.#turns.delete(key);
    };
  }

  /**
   * Before work that costs more than its sender paid for it and may be for nothing: little of it is done at once for all
   * senders together.
   * @returns what is called when it is done
   * @throws {BodyRefusal} `busy`: its turn did not come within the time
   */
  async unverifiedWork(address: string): Promise<() => void> {
    const endTurn = await this.turn(address);
    try {
      const leave = await this.#unverified.enter();
      return () => {
        leave();
        endTurn();
      };
    } catch (error) {
      endTurn();
      throw error;
    }
  }

  #failuresOf(key: string): number {
    const record = this.#records.get(key);
    if (!record) return 0;
    const forgiven = ((this.nowMs() - record.atMs) / 1_000) * this.#rules.perSecond;
    return Math.max(0, record.failures - forgiven);
  }
}
