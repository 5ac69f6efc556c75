import { setTimeout as timer } from 'node:timers/promises';

/** Waits; ends early, without an error, when the signal aborts. */
export const pause = async (ms: number, signal?: AbortSignal): Promise<void> => {
  if (signal?.aborted) return;
  await timer(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
};

/** Doubling from `firstMs`, never above `maxMs`; `attempt` counts from 1. */
export const backoffMs = (attempt: number, firstMs: number, maxMs: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
