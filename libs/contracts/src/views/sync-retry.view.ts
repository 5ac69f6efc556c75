import { Type } from 'class-transformer';
import { IsInt, Matches, Min, ValidateNested } from 'class-validator';
import { ToldProblemView } from './told-problem.view.js';

/** An attempt of a run failed in a way that passes, and the run goes on. */
export class SyncRetryView {
  /** Which attempt that was; the first is 1. */
  @IsInt()
  @Min(1)
  readonly attempt!: number;

  /** When the next one begins, ISO 8601 UTC; a little later where workers are busy. */
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly at!: string;

  /** What went wrong. */
  @ValidateNested()
  @Type(() => ToldProblemView)
  readonly problem!: ToldProblemView;
}
