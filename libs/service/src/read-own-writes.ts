import { type Database, waitForPosition } from '#read-model';

const WAIT_MS = 2_000;

/**
 * Lets a query see what its caller wrote before: waits for the read model, at most two seconds. `false`: it is not there
 * yet, and what the query does not find may be there all the same.
 */
export const seeOwnWrites = async (
  db: Database,
  model: string,
  minPosition: bigint | string | null | undefined,
): Promise<boolean> => !minPosition || waitForPosition(db, model, BigInt(minPosition), WAIT_MS);
