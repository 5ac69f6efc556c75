import type { TransactionContent, TransactionKey } from '../bank-transaction.js';

/** A transaction as the log keeps it: complete, so that no reader has to join anything. */
export interface LedgerTransaction extends TransactionKey, TransactionContent {
  /** Our own id: UUIDv5 of the ledger and the provider's key. */
  readonly id: string;
  /** Provider's last change of the row, ISO 8601 UTC; `null` when it does not say. */
  readonly providerUpdatedAt: string | null;
}

/** Who and what a ledger event belongs to: all that its public form needs. */
export interface LedgerContext {
  readonly tenantId: string;
  readonly companyId: string;
  readonly connectionId: string;
  /** The caller's account id. */
  readonly accountId: string;
  readonly ledgerId: string;
  readonly provider: string;
  readonly syncId: string;
  readonly trigger: string;
  /** First and last bank day of the run's window. */
  readonly windowFrom: string;
  readonly windowTo: string;
}

export interface FieldChange {
  readonly field: keyof TransactionContent;
  readonly before: unknown;
  readonly after: unknown;
}

/** `booked`: a pending row was posted; `restored`: a removed row came back; `corrected`: anything else changed. */
export type AmendmentKind = 'booked' | 'corrected' | 'restored';

export interface Amendment {
  readonly kind: AmendmentKind;
  /** The whole transaction as it is now. */
  readonly transaction: LedgerTransaction;
  readonly changes: readonly FieldChange[];
}

export type RemovalReason = 'deleted-by-bank';

export interface Removal {
  readonly reason: RemovalReason;
  /** The transaction as it was last known; `providerUpdatedAt` is the deletion's, where the provider dates it. */
  readonly transaction: LedgerTransaction;
}

export interface TransactionsImported {
  readonly type: 'TransactionsImported';
  readonly data: LedgerContext & { readonly transactions: readonly LedgerTransaction[] };
}

export interface TransactionsAmended {
  readonly type: 'TransactionsAmended';
  readonly data: LedgerContext & { readonly amendments: readonly Amendment[] };
}

export interface TransactionsRemoved {
  readonly type: 'TransactionsRemoved';
  readonly data: LedgerContext & {
    readonly removals: readonly Removal[];
    /** When we learnt of it, ISO 8601 UTC. */
    readonly removedAt: string;
  };
}

/** Written only when the balance differs from the last one observed. */
export interface BalanceObserved {
  readonly type: 'BalanceObserved';
  readonly data: LedgerContext & {
    readonly balance: string;
    readonly currency: string;
    /** ISO 8601 UTC. */
    readonly observedAt: string;
  };
}

export type LedgerEvent = TransactionsImported | TransactionsAmended | TransactionsRemoved | BalanceObserved;
