interface Mark {
  readonly head: bigint;
  readonly at: number;
}

/** Tells whether a reader of the log keeps up: within `patienceMs` it must reach what was the head then. */
export class ProgressWatch {
  readonly #patienceMs: number;
  #mark: Mark | null = null;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** `null` while it keeps up, else what is wrong, in words. */
  complaint(position: bigint | null, head: bigint | null, now: number): string | null {
    const reached = position ?? -1n;
    if (head === null || reached >= head) {
      this.#mark = null;
      return null;
    }
    if (!this.#mark || reached >= this.#mark.head) this.#mark = { head, at: now };
    const ageMs = now - this.#mark.at;
    if (ageMs < this.#patienceMs) return null;
    return `${head - (position ?? 0n)} log positions behind: it has not reached what was the head ${Math.round(ageMs / 1000)} s ago`;
  }
}
