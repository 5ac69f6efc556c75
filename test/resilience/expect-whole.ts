import { expect } from 'vitest';
import type { SyncView } from '#client';
import {
  eventually,
  expectEventsMatchLedger,
  expectLedgerEqualsBank,
  ledgerOf,
  quietHistory,
  type Reachable,
  type ReceivedEvents,
} from '../harness/index.js';

/** The end of every run is published after what it imported: with it, everything has arrived. */
export const everyEndReceived = (
  received: ReceivedEvents,
  connectionId: string,
  runs: readonly SyncView[],
): Promise<void> =>
  eventually(
    () => {
      const ends = [
        ...received.of('sync.completed', connectionId),
        ...received.of('sync.failed', connectionId),
      ];
      const heard = new Set(ends.map(({ data }) => data.id));
      const missing = runs.filter(({ id }) => !heard.has(id)).map(({ id }) => id);
      if (missing.length > 0) throw new Error(`No event told of the end of ${missing.join(', ')}`);
    },
    { withinMs: 120_000 },
  );

/**
 * Whatever happened before: no run is left pending, the ledger equals the bank, the received events equal the ledger,
 * and the counts of history add up to its rows. Gives the runs, newest first.
 */
export const expectWhole = async (
  stack: Reachable,
  received: ReceivedEvents,
  connectionId: string,
): Promise<readonly SyncView[]> => {
  await eventually(
    async () => {
      await quietHistory(stack, connectionId, { withinMs: 180_000 });
      await expectLedgerEqualsBank(stack, connectionId);
    },
    // What the bank tells by webhook may still be on its way.
    { withinMs: 60_000 },
  );
  const runs = await quietHistory(stack, connectionId);
  await everyEndReceived(received, connectionId, runs);
  await expectEventsMatchLedger(stack, received, connectionId);
  const rows = await ledgerOf(stack, connectionId);
  const imported = runs.reduce((sum, run) => sum + run.transactionsImported, 0);
  expect(imported, 'the sum of what the runs say they imported').toBe(rows.length);
  return runs;
};
