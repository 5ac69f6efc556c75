import type { BankDay } from '#kernel';

export const TRANSACTION_TYPES = [
  'transfer', 'direct-debit', 'cheque', 'deposit', 'refund', 'withdrawal', 'loan-repayment', 'fee', 'card',
  'deferred-card', 'card-summary', 'payout', 'payment', 'market', 'interest', 'unknown',
] as const; // prettier-ignore
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

export interface Counterparty {
  readonly name: string | null;
  /** Account of the other side as the bank gives it, with its scheme (`iban`, `bban`, …); `null` when not given. */
  readonly account: string | null;
  readonly accountScheme: string | null;
}

/** What a bank says about one transaction, in our words. Absent is `null`, never an empty string or a zero. */
export interface TransactionContent {
  readonly status: 'booked' | 'pending';
  readonly bookedOn: BankDay | null;
  readonly valueOn: BankDay | null;
  /** The day the customer acted (card payment, transfer order). */
  readonly transactedOn: BankDay | null;
  /** Canonical decimal string; negative is a debit. */
  readonly amount: string;
  readonly currency: string;
  /** Cleaned text for people. */
  readonly label: string | null;
  /** The bank's full text, unchanged. */
  readonly originalLabel: string | null;
  readonly type: TransactionType;
  readonly counterparty: Counterparty | null;
}

/** Where a row comes from: the provider's id within the provider's account. Neither is ever empty. */
export interface TransactionKey {
  readonly providerAccountId: string;
  readonly providerTransactionId: string;
}

/** One row of a provider's page, translated. Pure union; nothing is guessed. */
export type FetchedTransaction =
  | (TransactionKey & {
      readonly kind: 'row';
      /** The bank day that the row is filed under: booked, else value, else transacted day. */
      readonly day: BankDay;
      /** Provider's last change of the row, ISO 8601 UTC; `null` when it does not say. */
      readonly providerUpdatedAt: string | null;
      readonly content: TransactionContent;
    })
  | (TransactionKey & {
      /** The provider says that the bank took the row back. */
      readonly kind: 'deleted';
      readonly day: BankDay;
      readonly providerUpdatedAt: string | null;
    })
  | {
      /** A row that cannot be understood: counted as failed, with its reason, and never imported. */
      readonly kind: 'unreadable';
      readonly providerAccountId: string | null;
      /** The bank day that the row is filed under, where that much can be read: nothing else is doubtful then. */
      readonly day?: BankDay | null;
      /** The provider's id when there is one; else a SHA-256 of the raw row, so that equal bad rows count once. */
      readonly rowKey: string;
      readonly reason: UnreadableReason;
      /** Name of the provider's field at fault. */
      readonly field: string;
    };

export type UnreadableReason =
  'missing-id' | 'missing-account' | 'bad-date' | 'bad-amount' | 'unknown-currency';
