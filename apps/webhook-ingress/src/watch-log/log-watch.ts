import { errorText } from '#kernel';
import type { Logger } from '#platform';

export interface LogWatchOptions {
  /** Resolves when the log answers. */
  readonly ping: () => Promise<void>;
  readonly logger: Logger;
  /** Between two looks at a log that answers (default 1 s). */
  readonly everyMs?: number;
  /** Between two looks at a log that does not (default 250 ms). */
  readonly awayEveryMs?: number;
}

/** One look that fails may be bad luck. */
const FAILURES = 2;

/**
 * Knows whether the log answers, so that nobody waits for one that does not: it looks now and then, and is told what
 * appends learn. Once the log is away, only a look that succeeds says otherwise.
 */
export class LogWatch {
  readonly #options: LogWatchOptions;
  #problem: string | null = null;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: LogWatchOptions) {
    this.#options = options;
  }

  /** What is wrong with the log, in words; `null` while it answers. */
  get problem(): string | null {
    return this.#problem;
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** An append was not answered in time. */
  failed(error: unknown): void {
    if (this.#problem !== null) return;
    this.#problem = errorText(error);
    this.#options.logger.warn(
      { part: 'event-store' },
      `The log is away, webhooks are refused with 503: ${this.#problem}`,
    );
    this.#lookAgain();
  }

  async #look(): Promise<void> {
    try {
      await this.#options.ping();
      this.#failures = 0;
      if (this.#problem !== null) this.#options.logger.info({ part: 'event-store' }, 'The log is back.');
      this.#problem = null;
    } catch (error) {
      this.#failures++;
      if (this.#failures >= FAILURES && this.#problem === null) return this.failed(error);
    }
    this.#lookAgain();
  }

  #lookAgain(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    const { everyMs = 1_000, awayEveryMs = 250 } = this.#options;
    const pause = this.#problem === null ? everyMs : awayEveryMs;
    this.#timer = setTimeout(() => void this.#look(), pause).unref();
  }
}
