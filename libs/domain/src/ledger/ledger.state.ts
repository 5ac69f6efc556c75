import type { LedgerTransaction } from './ledger.events.js';

export interface LedgerRow {
  readonly transaction: LedgerTransaction;
  readonly removed: boolean;
}

/**
 * What the ledger holds. The import loads just the rows that its command names (read model, exactly as of the revision
 * that it appends at), so `rows` need not be the whole ledger.
 */
export interface LedgerState {
  readonly rows: ReadonlyMap<string, LedgerRow>;
  readonly balance: { readonly balance: string; readonly currency: string } | null;
}
