import type { Store } from '../store.js';

export type ClockMode = 'running' | 'frozen';

interface StoredClock {
  readonly mode: ClockMode;
  /** Running: what is added to the machine's time. Frozen: the instant at which it stands. */
  readonly value_ms: number;
}

/**
 * The one clock that everything in the sandbox tells the time by. Runs with the machine's time unless it is set; kept
 * over a restart.
 */
export class VirtualClock {
  private mode: ClockMode;
  private valueMs: number;
  private pinnedMs: number | null = null;

  constructor(
    private readonly store: Store,
    private readonly machineMs: () => number = Date.now,
  ) {
    const stored = store.first<StoredClock>('SELECT mode, value_ms FROM sandbox_clock');
    this.mode = stored?.mode ?? 'running';
    this.valueMs = stored?.value_ms ?? 0;
  }

  readonly now = (): number => {
    if (this.pinnedMs !== null) return this.pinnedMs;
    return this.mode === 'frozen' ? this.valueMs : this.machineMs() + this.valueMs;
  };

  get isFrozen(): boolean {
    return this.mode === 'frozen';
  }

  /** The clock shows `instantMs` from now on, standing still or running on. */
  set(instantMs: number, mode: ClockMode = this.mode): void {
    this.mode = mode;
    this.valueMs = mode === 'frozen' ? instantMs : instantMs - this.machineMs();
    this.store.run('INSERT OR REPLACE INTO sandbox_clock VALUES (1, ?, ?)', this.mode, this.valueMs);
  }

  /** With the machine's time again. */
  reset(): void {
    this.set(this.machineMs(), 'running');
  }

  /** Does `work` as of `instantMs`: what fell due on the way to a later time happens at its own time. */
  at(instantMs: number, work: () => void): void {
    const before = this.pinnedMs;
    this.pinnedMs = instantMs;
    try {
      work();
    } finally {
      this.pinnedMs = before;
    }
  }
}
