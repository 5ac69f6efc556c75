import { Type } from 'class-transformer';
import { IsArray, IsInt, IsNumber, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';

/** How many runs ended which way. */
export class RunsByStatusView {
  @IsInt()
  @Min(0)
  readonly success!: number;

  @IsInt()
  @Min(0)
  readonly partial!: number;

  @IsInt()
  @Min(0)
  readonly failure!: number;

  /** Not ended yet. */
  @IsInt()
  @Min(0)
  readonly pending!: number;
}

/** How old what we know of the bank is; ages are as of the answer. */
export class FreshnessView {
  /** End of the last success, that is of the last run with evidence; `null`: there was none. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly lastSuccessAt!: string | null;

  @Nullable()
  @IsInt()
  @Min(0)
  readonly lastSuccessAgeSeconds!: number | null;

  /** When the provider was last at the bank, as far as a run of the window or the last success saw; `null`: unknown. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly refreshedAt!: string | null;

  @Nullable()
  @IsInt()
  @Min(0)
  readonly refreshAgeSeconds!: number | null;
}

export class NewTransactionsView {
  /** The day on which the runs were asked for, in the time zone of the schedule. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly day!: string;

  @IsInt()
  @Min(0)
  readonly count!: number;
}

/** How well a connection has been synchronised within some days. */
export class ConnectionStatsView {
  @IsString()
  readonly connectionId!: string;

  /** First day, inclusive, in the time zone of the schedule. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly from!: string;

  /** Last day, inclusive: today. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly to!: string;

  @ValidateNested()
  @Type(() => RunsByStatusView)
  readonly runs!: RunsByStatusView;

  /** Successes among the runs that ended, 0 to 1; `null` when none has. */
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly successRate!: number | null;

  /** From the start to the end of a run; `null` when none has ended. */
  @Nullable()
  @IsInt()
  @Min(0)
  readonly averageDurationMs!: number | null;

  @ValidateNested()
  @Type(() => FreshnessView)
  readonly freshness!: FreshnessView;

  /** Every day of the window, oldest first. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => NewTransactionsView)
  readonly newTransactions!: NewTransactionsView[];

  /** Mean of `newTransactions`. */
  @IsNumber()
  @Min(0)
  readonly newTransactionsPerDay!: number;
}
