import { backoffMs, pause } from './backoff.js';
import type { Lock, LockKeeper } from './lock-keeper.js';

export interface LeadershipOptions {
  readonly keeper: LockKeeper;
  /** Name of the lock: who holds it, leads. */
  readonly lock: string;
  /**
   * The leader's work. It must end soon after `until` is aborted (lock lost, or asked to stop); when it ends or rejects
   * otherwise, the lock is given back, and after a pause somebody leads again.
   */
  lead(this: void, until: AbortSignal): Promise<void>;
  /** Told why the work or the attempt to lead failed. */
  onFailure?(this: void, error: unknown, retryInMs: number): void;
  /** Told when another process was found leading. */
  onStandby?(this: void): void;
  readonly pollMs?: number;
  readonly retryFirstMs?: number;
  readonly retryMaxMs?: number;
}

/** Runs the leader's work on one process at a time; the others stand by and take over when it is gone. */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#done = this.#loop();
  }

  /** Asks the work to end and waits until it has, and the lock is free. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #loop(): Promise<void> {
    const stop = this.#stopping.signal;
    let failures = 0;
    while (!stop.aborted) {
      const { retryFirstMs = 500, retryMaxMs = 30_000, pollMs = 1_000 } = this.#options;
      const startedAt = Date.now();
      try {
        if (await this.#leadOnce()) failures = 0;
        else this.#options.onStandby?.();
        await pause(backoffMs(1, pollMs, pollMs), stop);
      } catch (error) {
        failures = Date.now() - startedAt > retryMaxMs ? 1 : failures + 1;
        const retryInMs = backoffMs(failures, retryFirstMs, retryMaxMs);
        this.#options.onFailure?.(error, retryInMs);
        await pause(retryInMs, stop);
      }
    }
  }

  async #leadOnce(): Promise<boolean> {
    const lock = await this.#options.keeper.tryLock(this.#options.lock);
    if (!lock) return false;
    try {
      await this.#options.lead(AbortSignal.any([this.#stopping.signal, lock.lost]));
      throwIfLost(lock);
    } finally {
      await lock.release();
    }
    return true;
  }
}

const throwIfLost = (lock: Lock): void => {
  if (lock.lost.aborted) throw lock.lost.reason;
};
