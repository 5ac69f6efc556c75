import type { LockKeeper } from './lock-keeper.js';

/**
 * Runs `work` on one process at a time: where another one holds the lock it does nothing. `until` aborts when the lock is
 * lost or when the caller stops; `work` then ends at the next place where nothing is half done.
 */
export const underLock = async (
  keeper: Pick<LockKeeper, 'tryLock'>,
  name: string,
  work: (until: AbortSignal) => Promise<void>,
  stopping: AbortSignal = new AbortController().signal,
): Promise<void> => {
  const lock = await keeper.tryLock(name);
  if (!lock) return;
  try {
    await work(AbortSignal.any([lock.lost, stopping]));
  } finally {
    await lock.release();
  }
};
