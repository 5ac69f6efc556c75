import { Nullable } from '../nullable.js';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
  IsBoolean,
  IsIn,
  IsString,
  ValidateNested,
} from 'class-validator';
import { TransactionView } from '../views/transaction.view.js';
import { CloudEvent } from './cloud-event.js';
import { TransactionsData } from './transactions.data.js';

export class TransactionFieldChange {
  /** Name of a member of the transaction. */
  @IsString()
  readonly field!: string;

  /** Any JSON value. */
  @Allow()
  readonly before!: unknown;

  @Allow()
  readonly after!: unknown;
}

/** The provider's id that a transaction was known under before. */
export class FormerKey {
  @IsString()
  readonly providerAccountId!: string;

  @IsString()
  readonly providerTransactionId!: string;

  /** `false`: another link to the same account still shows the transaction under it. */
  @IsBoolean()
  readonly ended!: boolean;
}

export class AmendedTransaction {
  /** The whole transaction as it is now. */
  @ValidateNested()
  @Type(() => TransactionView)
  readonly transaction!: TransactionView;

  /**
   * `booked`: it was pending and is posted, under its id or another; `restored`: it had been removed and stands again;
   * `re-identified`: the provider shows it under another id (re-issued, account re-created or linked again, a second link to
   * the account); `corrected`: anything else changed.
   */
  @IsIn(['booked', 'corrected', 'restored', 're-identified'])
  readonly kind!: 'booked' | 'corrected' | 'restored' | 're-identified';

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TransactionFieldChange)
  readonly changes!: TransactionFieldChange[];

  /** `null` when the provider's id is the one that it had. */
  @Nullable()
  @ValidateNested()
  @Type(() => FormerKey)
  readonly formerKey!: FormerKey | null;
}

export class TransactionsAmendedData extends TransactionsData {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => AmendedTransaction)
  readonly transactions!: AmendedTransaction[];
}

/** Known transactions of which something changed. */
export class TransactionsAmendedV1 extends CloudEvent {
  @Equals('passerelle.transactions.amended.v1')
  readonly type!: 'passerelle.transactions.amended.v1';

  @ValidateNested()
  @Type(() => TransactionsAmendedData)
  readonly data!: TransactionsAmendedData;
}
