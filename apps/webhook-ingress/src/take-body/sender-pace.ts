/** What a sender owes: never silent for long, and on the whole no slower than a poor but honest link. */
export interface PaceRules {
  /** Longest silence. */
  readonly idleMs: number;
  /** From the first moment on, after `idleMs`, that much on the average: 64 MiB pass within nine minutes. */
  readonly bytesPerSecond: number;
}

export const PACE: PaceRules = { idleMs: 10_000, bytesPerSecond: 128 * 1024 };

/** One sender that is being read. */
export interface Watched {
  /** That many bytes came. */
  progress(bytes: number): void;
  /** It is not read for a while, by our doing: its clock stands still. */
  pause(): void;
  resume(): void;
  end(): void;
}

interface Entry {
  readonly cut: () => void;
  startedAt: number;
  lastAt: number;
  received: number;
  pausedAt: number | null;
}

/** Looks after all senders with one timer, and cuts those that are too slow: held-open requests would fill the door. */
export class SenderPace {
  readonly #rules: PaceRules;
  readonly #entries = new Set<Entry>();
  #timer: NodeJS.Timeout | undefined;

  constructor(rules: PaceRules = PACE) {
    this.#rules = rules;
  }

  /** @param cut called once, when the sender broke the rules */
  watch(cut: () => void): Watched {
    const now = performance.now();
    const entry: Entry = { cut, startedAt: now, lastAt: now, received: 0, pausedAt: null };
    this.#entries.add(entry);
    this.#timer ??= setInterval(() => this.#look(), this.#rules.idleMs / 10).unref();
    return {
      progress: (bytes) => {
        entry.received += bytes;
        entry.lastAt = performance.now();
      },
      pause: () => {
        entry.pausedAt ??= performance.now();
      },
      resume: () => {
        if (entry.pausedAt === null) return;
        const pausedMs = performance.now() - entry.pausedAt;
        entry.startedAt += pausedMs;
        entry.lastAt += pausedMs;
        entry.pausedAt = null;
      },
      end: () => {
        this.#entries.delete(entry);
      },
    };
  }

  #look(): void {
    const now = performance.now();
    for (const entry of this.#entries) if (this.#isTooSlow(entry, now)) entry.cut();
    if (this.#entries.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #isTooSlow({ startedAt, lastAt, received, pausedAt }: Entry, now: number): boolean {
    const { idleMs, bytesPerSecond } = this.#rules;
    if (pausedAt !== null) return false;
    const dueMs = now - startedAt - idleMs;
    return now - lastAt > idleMs || received < (dueMs / 1_000) * bytesPerSecond;
  }
}
