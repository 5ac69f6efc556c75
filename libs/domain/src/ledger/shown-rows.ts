import type { FetchedTransaction } from '../bank-transaction.js';
import type { LedgerTransaction } from './ledger.events.js';
import type { LedgerKey } from './ledger.state.js';

/** A readable row of the bank, with the id that it gets if the ledger turns out not to hold it. */
export interface IdentifiedRow {
  readonly id: string;
  readonly row: Exclude<FetchedTransaction, { kind: 'unreadable' }>;
}

export type ShownRow = Extract<FetchedTransaction, { kind: 'row' }>;

/** A transaction of the ledger as a row of the bank says that it is. */
export const transactionOf = (id: string, row: ShownRow): LedgerTransaction => ({
  id,
  providerAccountId: row.providerAccountId,
  providerTransactionId: row.providerTransactionId,
  providerUpdatedAt: row.providerUpdatedAt,
  ...row.content,
});

/** The same transaction, shown under another key. */
export const shownAs = (
  transaction: LedgerTransaction,
  {
    providerAccountId,
    providerTransactionId,
    providerUpdatedAt,
  }: Pick<LedgerKey, 'providerAccountId' | 'providerTransactionId' | 'providerUpdatedAt'>,
): LedgerTransaction => ({ ...transaction, providerAccountId, providerTransactionId, providerUpdatedAt });
