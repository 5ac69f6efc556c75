import { setTimeout as delay } from 'node:timers/promises';

/** Growing pauses between tries: the `attempt`-th (from 1), doubled each time up to `maxMs`, less up to a quarter. */
export const backoffMs = (attempt: number, firstMs: number, maxMs: number): number =>
  Math.round(Math.min(maxMs, firstMs * 2 ** (attempt - 1)) * (1 - Math.random() / 4));

/** Waits; returns early, without an error, when the signal is aborted. */
export const pause = async (ms: number, signal?: AbortSignal): Promise<void> => {
  await delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
};
