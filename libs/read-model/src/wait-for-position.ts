import { pause } from './backoff.js';
import { readCheckpoint } from './checkpoints.js';
import type { Database } from './database.js';
import { prepareOwnTables } from './own-tables.js';

const FIRST_PAUSE_MS = 3;
const LONGEST_PAUSE_MS = 25;

/**
 * Waits until the checkpoint `name` has reached `position`: so a caller reads what it wrote itself.
 * @returns `false` when it has not within `timeoutMs`
 */
export const waitForPosition = async (
  db: Database,
  name: string,
  position: bigint,
  timeoutMs = 2_000,
): Promise<boolean> => {
  await prepareOwnTables(db);
  const deadline = Date.now() + timeoutMs;
  for (let waitMs = FIRST_PAUSE_MS; ; waitMs = Math.min(waitMs * 1.5, LONGEST_PAUSE_MS)) {
    const reached = (await readCheckpoint(db, name))?.position ?? null;
    if (reached !== null && reached >= position) return true;
    const left = deadline - Date.now();
    if (left <= 0) return false;
    await pause(Math.min(waitMs, left));
  }
};
