export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Delay before try number `attempt` (0, 1, …): doubles up to `maxMs`, and between half and all of it at random. */
export const backoffMs = (attempt: number, { firstMs, maxMs }: Backoff): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30)) * (0.5 + Math.random() / 2);

/** Resolves after `ms`, or at once when `signal` is aborted; never rejects. */
export const pause = async (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish);
  });
