import { errorText } from './error-text.js';

/** What failed while others still have their turn: one that resists must not keep them from it. */
export class Failures {
  readonly #all: unknown[] = [];

  get count(): number {
    return this.#all.length;
  }

  /** What the work came to; `undefined` when it failed. */
  async during<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#all.push(error);
      return undefined;
    }
  }

  /** @throws {AggregateError} whatever failed, one line of its message each; nothing when nothing did */
  throwAny(): void {
    if (this.#all.length > 0) throw new AggregateError(this.#all, this.#all.map(errorText).join('\n'));
  }
}
