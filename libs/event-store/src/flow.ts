const SHORTEST_WINDOW_MS = 100;
/** What one run writes, or one person does, stays below. */
const DENSE_PER_MS = 0.2;

/** Whether events come so fast that handling each as it comes costs more than it gains. */
export class Flow {
  readonly #windowMs: number;
  #since = 0;
  #events = 0;
  #before = 0;

  /** @param gatherMs how long its batches gather: no shorter time tells how fast events come */
  constructor(gatherMs = 0) {
    this.#windowMs = Math.max(SHORTEST_WINDOW_MS, gatherMs);
  }

  /** Counts events that came at `now` (ms). */
  note(events: number, now: number): void {
    const age = now - this.#since;
    if (age >= this.#windowMs) {
      this.#before = age < 2 * this.#windowMs ? this.#events : 0;
      this.#since = now;
      this.#events = 0;
    }
    this.#events += events;
  }

  get isDense(): boolean {
    return Math.max(this.#before, this.#events) >= DENSE_PER_MS * this.#windowMs;
  }
}
