const MINUTE_MS = 60_000;

interface Window {
  readonly startedMs: number;
  readonly machineStartedMs: number;
  count: number;
}

/**
 * How many calls of a minute are let in, for each key apart. A minute is over by the clock or by the machine, whichever
 * is first: under a clock that stands still, a client that waits as it was told is let in as well.
 */
export class CallLimits<Key> {
  private readonly windows = new Map<Key, Window>();

  constructor(
    private readonly now: () => number,
    private readonly machineMs: () => number = () => performance.now(),
  ) {}

  /** One more call. @param perMinute 0: no limit. @returns seconds to wait, from 1, when it is one too many; else `null` */
  take(key: Key, perMinute: number): number | null {
    let window = this.windows.get(key);
    if (!window || this.leftMs(window) <= 0)
      window = { startedMs: this.now(), machineStartedMs: this.machineMs(), count: 0 };
    this.windows.set(key, window);
    window.count += 1;
    return perMinute > 0 && window.count > perMinute ? Math.ceil(this.leftMs(window) / 1_000) : null;
  }

  private leftMs({ startedMs, machineStartedMs }: Window): number {
    return MINUTE_MS - Math.max(this.now() - startedMs, this.machineMs() - machineStartedMs);
  }
}
