import { Nullable } from '../nullable.js';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, Equals, IsArray, IsIn, ValidateNested } from 'class-validator';
import { FormerKey, TransactionFieldChange } from '../views/transaction-change.view.js';
import { TransactionView } from '../views/transaction.view.js';
import { CloudEvent } from './cloud-event.js';
import { TransactionsData } from './transactions.data.js';

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
