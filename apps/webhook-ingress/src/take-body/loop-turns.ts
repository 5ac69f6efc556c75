import { setImmediate } from 'node:timers/promises';

/**
 * Whoever works long on a large body waits for a turn of the event loop of its own first: several that end at the same
 * moment would otherwise keep everybody else waiting for all of them.
 */
export class LoopTurns {
  #last: Promise<void> = Promise.resolve();

  next(): Promise<void> {
    this.#last = this.#last.then(() => setImmediate());
    return this.#last;
  }
}
