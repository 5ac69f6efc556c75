import type { TransactionContent, TransactionKey } from '../bank-transaction.js';

/** A transaction as the log keeps it: complete, so that no reader has to join anything. */
export interface LedgerTransaction extends TransactionKey, TransactionContent {
  /** Our own id, for ever: UUIDv5 of the ledger and the provider's key that the row was first seen under. */
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

/**
 * `booked`: a pending row was posted, under its id or a new one; `restored`: a removed row came back; `re-identified`: the
 * row is shown under another id (re-issued, account re-created or linked again, second connection to the same account);
 * `corrected`: anything else changed.
 */
export type AmendmentKind = 'booked' | 'corrected' | 'restored' | 're-identified';

/** The id under which a row was known until it was shown under another one. */
export interface FormerKey extends TransactionKey {
  /** `false`: another provider account still shows the row under it, or it turned out to be an equal row's. */
  readonly ended: boolean;
}

export interface Amendment {
  readonly kind: AmendmentKind;
  /** The whole transaction as it is now, with the key that it was shown under. */
  readonly transaction: LedgerTransaction;
  readonly changes: readonly FieldChange[];
  /** Only where the transaction's key is new to the row. */
  readonly formerKey?: FormerKey;
}

/**
 * `deleted-by-bank`: the provider said so; `absent-from-bank`: a complete re-read of its day did not show it; `duplicate`: it
 * turned out to be another row of the ledger, which a second account showed in its newer form already.
 */
export type RemovalReason = 'deleted-by-bank' | 'absent-from-bank' | 'duplicate';

/** No provider account shows the row any more: it ends all its keys. */
export interface Removal {
  readonly reason: RemovalReason;
  /** The transaction as it was last known; `providerUpdatedAt` is the deletion's, where the provider dates it. */
  readonly transaction: LedgerTransaction;
}

/** One provider account stopped showing a row that another one still shows. */
export interface EndedKey extends TransactionKey {
  /** The transaction's. */
  readonly id: string;
  readonly reason: RemovalReason;
  readonly providerUpdatedAt: string | null;
}

/** An account's id belongs to this transaction by now, and so it was last shown under it. */
export interface AssignedKey extends TransactionKey {
  /** The transaction's. */
  readonly id: string;
  /** See `LedgerKey`. */
  readonly word: string;
  readonly providerUpdatedAt: string | null;
}

export interface TransactionsImported {
  readonly type: 'TransactionsImported';
  readonly data: LedgerContext & {
    readonly transactions: readonly LedgerTransaction[];
    /** When we learnt of them, ISO 8601 UTC; early events do not say. */
    readonly importedAt?: string;
  };
}

export interface TransactionsAmended {
  readonly type: 'TransactionsAmended';
  readonly data: LedgerContext & {
    readonly amendments: readonly Amendment[];
    /** When we learnt of them, ISO 8601 UTC; early events do not say. */
    readonly amendedAt?: string;
  };
}

export interface TransactionsRemoved {
  readonly type: 'TransactionsRemoved';
  readonly data: LedgerContext & {
    readonly removals: readonly Removal[];
    /** When we learnt of it, ISO 8601 UTC. */
    readonly removedAt: string;
  };
}

/** Nobody else's business: the rows stand, shown by other provider accounts. */
export interface TransactionKeysEnded {
  readonly type: 'TransactionKeysEnded';
  readonly data: LedgerContext & {
    readonly keys: readonly EndedKey[];
    /** When we learnt of it, ISO 8601 UTC. */
    readonly endedAt: string;
  };
}

/**
 * Nobody else's business: an account that shows a row as another one did already, or an id that turned out to be an equal row's.
 */
export interface TransactionKeysAssigned {
  readonly type: 'TransactionKeysAssigned';
  readonly data: LedgerContext & {
    readonly keys: readonly AssignedKey[];
    /** When we learnt of it, ISO 8601 UTC. */
    readonly assignedAt: string;
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

export type LedgerEvent =
  | TransactionsImported
  | TransactionsAmended
  | TransactionsRemoved
  | TransactionKeysAssigned
  | TransactionKeysEnded
  | BalanceObserved;
