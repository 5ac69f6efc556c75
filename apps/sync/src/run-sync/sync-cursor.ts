import { type BankDay, parseBankDay } from '#kernel';

/** What is in the log of one account of the provider, without a hole up to the cursor's mark. */
export interface AccountProof {
  readonly ledgerId: string;
  /** First bank day from which on it is whole. */
  readonly from: BankDay;
  /** When the last read of its recent days began that asked for all rows, and not only for changes; ISO 8601 UTC. */
  readonly readAt: string;
  /**
   * Last bank day that the provider had seen of it, while what it shows is old: the cursor's own `to` is further. Absent: it is
   * not behind.
   */
  readonly behindSince?: BankDay;
}

/** An account that had rows showed none: the first time that it did since it last showed some. */
export interface EmptyAnswer {
  /** When the run began, ISO 8601 UTC. */
  readonly since: string;
  /** When the provider had looked at the bank, ISO 8601 UTC; `null`: unknown. */
  readonly refreshedAt: string | null;
}

/**
 * What the runs so far have proved: it advances only when complete pages are in the log, and the next run reads what is
 * missing.
 */
export interface SyncCursor {
  /** First bank day that was wanted. */
  readonly from: BankDay;
  /** Last proved day: the one on which the mark was set; `null`: there is no mark yet. */
  readonly to: BankDay | null;
  /** The provider's own mark, up to which changes were read; opaque. Without it nothing is proved. */
  readonly provider: string | null;
  /** By provider account id. */
  readonly accounts: ReadonlyMap<string, AccountProof>;
  /** Latest bank day, by ledger, of which a row was ever seen: outlives the provider account that showed it. */
  readonly lastRows: ReadonlyMap<string, BankDay>;
  /** By provider account id: answers that are not believed yet. They prove nothing, and are kept all the same. */
  readonly emptyAnswers: ReadonlyMap<string, EmptyAnswer>;
}

const VERSION = 3;

/** That nothing is proved but how far back history was wanted. */
export const emptyCursor = (from: BankDay): SyncCursor => ({
  from,
  to: null,
  provider: null,
  accounts: new Map(),
  lastRows: new Map(),
  emptyAnswers: new Map(),
});

export const writeCursor = ({ accounts, lastRows, emptyAnswers, ...cursor }: SyncCursor): string =>
  JSON.stringify({
    v: VERSION,
    ...cursor,
    accounts: [...accounts],
    lastRows: [...lastRows],
    emptyAnswers: [...emptyAnswers],
  });

/** A cursor of another version proves nothing but how far back history was wanted: everything is read again. */
export const readCursor = (text: string | null): SyncCursor | null => {
  if (text === null) return null;
  const stored = JSON.parse(text) as {
    readonly v: number;
    readonly from: string;
    readonly to: BankDay | null;
    readonly provider: string | null;
    readonly accounts: readonly (readonly [string, AccountProof])[];
    readonly lastRows: readonly (readonly [string, BankDay])[];
    readonly emptyAnswers: readonly (readonly [string, EmptyAnswer])[];
  };
  const from = parseBankDay(stored.from);
  if (!from) return null;
  if (stored.v !== VERSION) return emptyCursor(from);
  const { to, provider, accounts, lastRows, emptyAnswers } = stored;
  return {
    from,
    to,
    provider,
    accounts: new Map(accounts),
    lastRows: new Map(lastRows),
    emptyAnswers: new Map(emptyAnswers),
  };
};
