import { Clock } from '#kernel';

/**
 * Starts where it is put and runs so many times faster than real time: what waits for minutes by it is over in seconds.
 * It never goes back.
 */
export class RunningClock extends Clock {
  #baseMs: number;
  #since = performance.now();
  readonly #speed: number;

  constructor(now: string, speed: number) {
    super();
    this.#baseMs = Date.parse(now);
    this.#speed = speed;
  }

  override now(): string {
    return new Date(this.#ms()).toISOString();
  }

  /** Nothing happens if it is later already. */
  reach(now: string): void {
    this.#baseMs = Math.max(this.#ms(), Date.parse(now));
    this.#since = performance.now();
  }

  #ms(): number {
    return Math.floor(this.#baseMs + (performance.now() - this.#since) * this.#speed);
  }
}
