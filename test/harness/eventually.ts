import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 50;

export interface Patience {
  /** Generous by default: machines that run tests are often busy (30 s). */
  readonly withinMs?: number;
  /** Pause between two tries (50 ms). */
  readonly everyMs?: number;
}

/** Tries until `check` no longer throws and gives its result; fails after the deadline with the last error. */
export const eventually = async <T>(
  check: () => Promise<T> | T,
  { withinMs = 30_000, everyMs = EVERY_MS }: Patience = {},
): Promise<T> => {
  for (const deadline = Date.now() + withinMs; ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await pause(everyMs);
  }
};
