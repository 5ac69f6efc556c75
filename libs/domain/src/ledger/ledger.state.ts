import type { TransactionKey } from '../bank-transaction.js';
import type { LedgerTransaction } from './ledger.events.js';

/** One of the provider's ids of a transaction: the same row may be shown by several provider accounts, one after the other or at once. */
export interface LedgerKey extends TransactionKey {
  /** `false`: that provider account does not show the row under this id any more. */
  readonly live: boolean;
  /** What was last learnt under this id, see `wordOf`: only another word is news. */
  readonly word: string;
  /** Provider's last change under this id that we acted on, ISO 8601 UTC; `null` when it does not say. */
  readonly providerUpdatedAt: string | null;
}

export interface LedgerRow {
  readonly transaction: LedgerTransaction;
  /** No id of it is live. */
  readonly removed: boolean;
  /** At most one live one per provider account; each belongs to one row of the ledger. */
  readonly keys: readonly LedgerKey[];
}

/**
 * What the ledger holds. The import loads just the rows that its command can concern (read model, exactly as of the revision
 * that it appends at), so `rows` need not be the whole ledger.
 */
export interface LedgerState {
  readonly rows: ReadonlyMap<string, LedgerRow>;
  readonly balance: { readonly balance: string; readonly currency: string } | null;
}
