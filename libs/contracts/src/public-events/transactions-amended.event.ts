import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
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

export class AmendedTransaction {
  /** The whole transaction as it is now. */
  @ValidateNested()
  @Type(() => TransactionView)
  readonly transaction!: TransactionView;

  /**
   * `booked`: it was pending and is posted; `restored`: it had been removed and stands again; `re-identified`: the
   * provider gave it another id; `corrected`: anything else changed.
   */
  @IsIn(['booked', 'corrected', 'restored', 're-identified'])
  readonly kind!: 'booked' | 'corrected' | 'restored' | 're-identified';

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TransactionFieldChange)
  readonly changes!: TransactionFieldChange[];
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
