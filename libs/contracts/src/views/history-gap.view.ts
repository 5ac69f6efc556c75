import { IsString, Matches } from 'class-validator';

/** Days of an account that can never be imported: the provider does not give their history any more. */
export class HistoryGapView {
  @IsString()
  readonly accountId!: string;

  /** First bank day, inclusive. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly from!: string;

  /** Last bank day, inclusive. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly to!: string;
}
