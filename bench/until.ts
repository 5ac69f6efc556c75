import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/** Looks until there is something to see. @throws nothing was seen in time */
export const until = async <T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  { withinMs = 60_000, everyMs = 50 }: Patience = {},
): Promise<T> => {
  for (const deadline = performance.now() + withinMs; ;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline)
      throw new Error(`Nothing was seen of ${what} within ${withinMs / 1_000} s.`);
    await pause(everyMs);
  }
};
