/** So many in a second start at once, whenever they come; the others wait. */
export class StartAllowance {
  #left: number;
  #at = 0;

  constructor(readonly perSecond: number) {
    this.#left = perSecond;
  }

  /** Whether one more may start at `nowMs`. */
  take(nowMs: number): boolean {
    const regained = (Math.max(0, nowMs - this.#at) * this.perSecond) / 1_000;
    this.#left = Math.min(this.perSecond, this.#left + regained);
    this.#at = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
