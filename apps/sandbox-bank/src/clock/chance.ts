import { createHash, randomBytes } from 'node:crypto';
import type { Store } from '../store.js';
import type { VirtualClock } from './virtual-clock.js';

/** Bytes for tokens, visits and request ids: true chance, but under a frozen clock they follow from the seed. */
export class Chance {
  constructor(
    private readonly store: Store,
    private readonly clock: VirtualClock,
    private readonly seed: string,
  ) {}

  readonly bytes = (count: number): Buffer => {
    if (!this.clock.isFrozen) return randomBytes(count);
    this.store.run('UPDATE sandbox_chance SET drawn = drawn + 1');
    const drawn = this.store.first<{ drawn: number }>('SELECT drawn FROM sandbox_chance')?.drawn ?? 0;
    return createHash('sha512').update(`${this.seed}:chance:${drawn}`).digest().subarray(0, count);
  };
}
