import type { SyncView } from '#client';
import type { Stack } from './stack.js';

export interface Totals {
  readonly imported: number;
  readonly updated: number;
  readonly removed: number;
}

/** What runs wrote together, whichever of them found it: a webhook and a call may ask for the same. */
export const totals = (runs: readonly SyncView[]): Totals => ({
  imported: runs.reduce((sum, { transactionsImported }) => sum + transactionsImported, 0),
  updated: runs.reduce((sum, { transactionsUpdated }) => sum + transactionsUpdated, 0),
  removed: runs.reduce((sum, { transactionsRemoved }) => sum + transactionsRemoved, 0),
});

/** The whole history of a connection, newest first. */
export const runsOf = async (stack: Stack, connectionId: string): Promise<readonly SyncView[]> =>
  (await stack.api.syncs(connectionId, { limit: 500 })).items;

/** The runs that began after those. */
export const runsSince = async (
  stack: Stack,
  connectionId: string,
  before: readonly SyncView[],
): Promise<readonly SyncView[]> => {
  const known = new Set(before.map(({ id }) => id));
  return (await runsOf(stack, connectionId)).filter(({ id }) => !known.has(id));
};
