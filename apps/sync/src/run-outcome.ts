import type { RunOutcome } from '#domain';
import type { EventStore } from '#event-store';
import type { Database } from '#read-model';
import { catchUpLedger } from './ledger-catch-up.js';
import { LEDGER } from './ledger-tables.js';

export type WrittenCounts = Pick<RunOutcome['counts'], 'imported' | 'updated' | 'removed'>;

/**
 * What the ledger events of one run add up to, over all its attempts. The rows are brought up to their streams first, so
 * the sums include what a crashed attempt wrote just before it died.
 */
export const writtenBy = async (
  db: Database,
  store: Pick<EventStore, 'readStream'>,
  syncId: string,
  ledgerIds: readonly string[],
): Promise<WrittenCounts> => {
  for (const ledgerId of [...new Set(ledgerIds)].toSorted()) {
    await db.transaction((tx) => catchUpLedger(tx, LEDGER, ledgerId, store), { durable: false });
  }
  const [sums] = await db.query<{ imported: bigint; updated: bigint; removed: bigint }>(
    `SELECT coalesce(sum(imported), 0)::bigint AS imported, coalesce(sum(updated), 0)::bigint AS updated,
            coalesce(sum(removed), 0)::bigint AS removed FROM ${LEDGER}.sync_counts WHERE sync_id = $1`,
    [syncId],
  );
  return {
    imported: Number(sums?.imported ?? 0),
    updated: Number(sums?.updated ?? 0),
    removed: Number(sums?.removed ?? 0),
  };
};

export const NOTHING_WRITTEN: WrittenCounts = { imported: 0, updated: 0, removed: 0 };

/** The outcome of a run of which no more is known than what it wrote. */
export const outcomeOf = (written: WrittenCounts, known: Partial<RunOutcome> = {}): RunOutcome => ({
  windowFrom: null,
  windowTo: null,
  failures: [],
  accountIds: [],
  pages: 0,
  calls: 0,
  cursorAfter: null,
  refreshedAt: null,
  gaps: [],
  problems: [],
  ...known,
  counts: { skipped: 0, failed: 0, ...known.counts, ...written },
});
