import { IsIn, IsInt, IsString, Matches, Max, Min } from 'class-validator';

/** What all three transaction events say of the run that found them. */
export abstract class TransactionsData {
  @IsString()
  readonly tenantId!: string;

  @IsString()
  readonly companyId!: string;

  @IsString()
  readonly connectionId!: string;

  /** The caller's account id. */
  @IsString()
  readonly accountId!: string;

  @IsString()
  readonly ledgerId!: string;

  /** The run that found them. */
  @IsString()
  readonly syncId!: string;

  @IsIn(['manual', 'schedule', 'webhook', 'link'])
  readonly trigger!: 'manual' | 'schedule' | 'webhook' | 'link';

  /** First bank day that the run looked at. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly windowFrom!: string;

  /** Last bank day that the run looked at. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly windowTo!: string;

  /** How many are in this message; a run may need several messages. */
  @IsInt()
  @Min(1)
  @Max(500)
  readonly count!: number;
}
