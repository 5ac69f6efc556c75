/** A crash may be bad luck; this many within a minute are not. */
const MAX_CRASHES = 5;
const WINDOW_MS = 60_000;
const FIRST_PAUSE_MS = 200;

/** How often something may crash before it is given up, and how long to wait before it is brought back. */
export class CrashBudget {
  #crashes: number[] = [];

  /** Counts a crash at `now` (ms). Returns the pause before the next start in ms, or `null`: it does not stay up. */
  spend(now: number): number | null {
    this.#crashes = [...this.#crashes.filter((at) => now - at < WINDOW_MS), now];
    const crashes = this.#crashes.length;
    return crashes > MAX_CRASHES ? null : FIRST_PAUSE_MS * 2 ** (crashes - 1);
  }
}
