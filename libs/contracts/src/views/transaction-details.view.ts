import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsString, Matches, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';
import { FormerKey, TransactionFieldChange } from './transaction-change.view.js';
import { TransactionView } from './transaction.view.js';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** An id that a provider gave to the transaction. */
export class TransactionKeyView {
  @IsString()
  readonly providerAccountId!: string;

  @IsString()
  readonly providerTransactionId!: string;

  /** `false`: that account does not show the transaction under this id any more. */
  @IsBoolean()
  readonly live!: boolean;
}

/** One step in the life of a transaction. */
export class TransactionStepView {
  /**
   * `imported`, `booked`, `corrected`, `restored`, `re-identified`, `removed`, or `key-ended`: one of several accounts does not
   * show it any more.
   */
  @IsIn(['imported', 'booked', 'corrected', 'restored', 're-identified', 'removed', 'key-ended'])
  readonly kind!:
    'imported' | 'booked' | 'corrected' | 'restored' | 're-identified' | 'removed' | 'key-ended';

  /** When we learnt of it, ISO 8601 UTC; `null` for steps that were recorded without it. */
  @Nullable()
  @Matches(INSTANT)
  readonly at!: string | null;

  /** The run that found it. */
  @IsString()
  readonly syncId!: string;

  /** The connection of that run; `null` for the import. */
  @Nullable()
  @IsString()
  readonly connectionId!: string | null;

  /** The id that it was about; `null` for the import. */
  @Nullable()
  @IsString()
  readonly providerTransactionId!: string | null;

  /** What changed, field by field; empty where nothing did. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TransactionFieldChange)
  readonly changes!: TransactionFieldChange[];

  @Nullable()
  @ValidateNested()
  @Type(() => FormerKey)
  readonly formerKey!: FormerKey | null;

  /** Why it was removed, or is not shown any more; `null` for other steps. */
  @Nullable()
  @IsString()
  readonly reason!: string | null;
}

/** One transaction with its provider ids and all that happened to it. */
export class TransactionDetailsView extends TransactionView {
  @IsString()
  readonly ledgerId!: string;

  /** The connection through which it was read last. */
  @IsString()
  readonly connectionId!: string;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TransactionKeyView)
  readonly keys!: TransactionKeyView[];

  /** Oldest first; begins with its import. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TransactionStepView)
  readonly history!: TransactionStepView[];
}
