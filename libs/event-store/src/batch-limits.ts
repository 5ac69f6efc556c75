export const MAX_BATCH = 200;
export const MAX_BATCH_BYTES = 2 * 1024 * 1024;
/** In a dense flow a batch begins no sooner after the one before: each costs its handler a transaction. */
export const GATHER_MS = 50;
