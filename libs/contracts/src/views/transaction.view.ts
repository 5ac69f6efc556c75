import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsString, IsUUID, Matches, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';
import { CounterpartyView } from './counterparty.view.js';

/** One bank transaction. What the bank did not say is `null`. */
export class TransactionView {
  /** Ours: the same for the same transaction for ever. */
  @IsUUID()
  readonly id!: string;

  /** The caller's account id. */
  @IsString()
  readonly accountId!: string;

  @IsString()
  readonly providerTransactionId!: string;

  @IsIn(['booked', 'pending'])
  readonly status!: 'booked' | 'pending';

  /** Bank day, never shifted by a time zone. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly bookedOn!: string | null;

  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly valueOn!: string | null;

  /** The day the customer acted (card payment, transfer order). */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly transactedOn!: string | null;

  /** Decimal string; negative is a debit. */
  @Matches(/^-?\d+(\.\d+)?$/)
  readonly amount!: string;

  /** ISO 4217. */
  @Matches(/^[A-Z]{3}$/)
  readonly currency!: string;

  /** Cleaned text for people. */
  @Nullable()
  @IsString()
  readonly label!: string | null;

  /** The bank's full text, unchanged. */
  @Nullable()
  @IsString()
  readonly originalLabel!: string | null;

  /** `transfer`, `direct-debit`, `card`, `fee`, …; `unknown` where the bank does not say. New values may be added. */
  @IsString()
  readonly type!: string;

  /**
   * Whether the amount belongs into a sum of booked movements: `false` while it is pending, once it was removed, and for a
   * `deferred-card` purchase, which the bank debits again with the month's others as one `card-summary`.
   */
  @IsBoolean()
  readonly countsInTotals!: boolean;

  @Nullable()
  @ValidateNested()
  @Type(() => CounterpartyView)
  readonly counterparty!: CounterpartyView | null;

  /** When we learnt that the bank took it back, ISO 8601 UTC; `null` while it stands. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly removedAt!: string | null;
}
