import type { BankDay } from '#kernel';

/** Where a complete fetch left off. */
export interface SyncCursor {
  /** First bank day of the full read that everything since builds on. */
  readonly from: BankDay;
  /** The provider's own cursor; opaque. */
  readonly provider: string | null;
}

export const writeCursor = (cursor: SyncCursor): string => JSON.stringify({ v: 1, ...cursor });

/**
 * What the next fetch may build on: nothing when there was no complete fetch yet, or when the wanted window now begins
 * earlier than the one that was read.
 */
export const readCursor = (text: string | null, wantedFrom: BankDay): SyncCursor => {
  const fresh = { from: wantedFrom, provider: null };
  if (text === null) return fresh;
  const stored = JSON.parse(text) as SyncCursor;
  return stored.from <= wantedFrom ? stored : fresh;
};
