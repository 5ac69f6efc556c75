import { type Database, waitForPosition } from '#read-model';

const WAIT_MS = 2_000;

/** Lets a query see what its caller wrote before: waits for the read model, at most two seconds, then answers anyway. */
export const seeOwnWrites = async (
  db: Database,
  model: string,
  minPosition: bigint | string | null | undefined,
): Promise<void> => {
  if (minPosition) await waitForPosition(db, model, BigInt(minPosition), WAIT_MS);
};
