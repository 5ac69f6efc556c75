/** Reads of the head are shared by all feeds of a store for this long. */
const SHARED_MS = 250;

/** Where the log ends, for feeds that want to know whether they have seen everything. */
export class HeadWatch {
  readonly #listeners = new Set<() => void>();
  #last: { readonly at: number; readonly head: Promise<bigint | null> } | undefined;

  constructor(readonly read: () => Promise<bigint | null>) {}

  /** A position that the log has reached; up to 250 ms old, unless this process appended since. */
  async head(): Promise<bigint | null> {
    if (!this.#last || Date.now() - this.#last.at > SHARED_MS)
      this.#last = { at: Date.now(), head: this.read() };
    return this.#last.head;
  }

  appended(): void {
    this.#last = undefined;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after each append of this process; returns how to end that. */
  onAppended(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
