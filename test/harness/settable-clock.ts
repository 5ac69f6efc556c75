import { Clock } from '#kernel';

/** The present, as a test wants it. */
export class SettableClock extends Clock {
  #ms: number;

  constructor(now: string) {
    super();
    this.#ms = Date.parse(now);
  }

  override now(): string {
    return new Date(this.#ms).toISOString();
  }

  set(now: string): void {
    this.#ms = Date.parse(now);
  }

  advance(ms: number): void {
    this.#ms += ms;
  }
}
