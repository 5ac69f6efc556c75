import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, Equals, IsArray, IsString, ValidateNested } from 'class-validator';
import { TransactionView } from '../views/transaction.view.js';
import { CloudEvent } from './cloud-event.js';
import { TransactionsData } from './transactions.data.js';

export class RemovedTransaction {
  /** The transaction as it was last known, `removedAt` set. */
  @ValidateNested()
  @Type(() => TransactionView)
  readonly transaction!: TransactionView;

  /**
   * `deleted-by-bank`: the provider said so; `absent-from-bank`: a complete re-read of its day did not show it any more;
   * `duplicate`: it is another transaction by now, which a second link showed in its newer form first. New values may be added.
   */
  @IsString()
  readonly reason!: string;
}

export class TransactionsRemovedData extends TransactionsData {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => RemovedTransaction)
  readonly transactions!: RemovedTransaction[];
}

/** Transactions that the bank took back: a pending one that was never posted, or a correction by deletion. */
export class TransactionsRemovedV1 extends CloudEvent {
  @Equals('passerelle.transactions.removed.v1')
  readonly type!: 'passerelle.transactions.removed.v1';

  @ValidateNested()
  @Type(() => TransactionsRemovedData)
  readonly data!: TransactionsRemovedData;
}
