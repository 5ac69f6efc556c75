import { Type } from 'class-transformer';
import { IsArray, IsString, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';
import { TransactionView } from './transaction.view.js';

/** Some transactions and where the next ones begin. */
export class TransactionPageView {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TransactionView)
  readonly items!: TransactionView[];

  /** To be given back as `cursor`; `null` on the last page. */
  @Nullable()
  @IsString()
  readonly nextCursor!: string | null;
}
