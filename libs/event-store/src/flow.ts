const WINDOW_MS = 100;
/** Two hundred a second. What one run writes, or one person does, stays below. */
const DENSE = 20;

/** Whether events come so fast that handling each as it comes costs more than it gains. */
export class Flow {
  #since = 0;
  #events = 0;
  #before = 0;

  /** Counts events that came at `now` (ms). */
  note(events: number, now: number): void {
    const age = now - this.#since;
    if (age >= WINDOW_MS) {
      this.#before = age < 2 * WINDOW_MS ? this.#events : 0;
      this.#since = now;
      this.#events = 0;
    }
    this.#events += events;
  }

  get isDense(): boolean {
    return Math.max(this.#before, this.#events) >= DENSE;
  }
}
