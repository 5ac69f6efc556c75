import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, Equals, IsArray, ValidateNested } from 'class-validator';
import { TransactionView } from '../views/transaction.view.js';
import { CloudEvent } from './cloud-event.js';
import { TransactionsData } from './transactions.data.js';

export class TransactionsImportedData extends TransactionsData {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => TransactionView)
  readonly transactions!: TransactionView[];
}

/** Transactions that were never seen before, booked or pending. */
export class TransactionsImportedV1 extends CloudEvent {
  @Equals('passerelle.transactions.imported.v1')
  readonly type!: 'passerelle.transactions.imported.v1';

  @ValidateNested()
  @Type(() => TransactionsImportedData)
  readonly data!: TransactionsImportedData;
}
