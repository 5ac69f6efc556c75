import { IsInt, IsString, Min } from 'class-validator';
import { Nullable } from '../nullable.js';
import { ToldProblemView } from './told-problem.view.js';

/** Something that kept a run from being a success: of the whole run, of one account, or of one row. */
export class SyncProblemView extends ToldProblemView {
  /** The caller's account id; `null`: it concerns the whole run, or nobody knows which account. */
  @Nullable()
  @IsString()
  readonly accountId!: string | null;

  /** The provider's id of the row, else a digest of it; `null` unless it is about one row. */
  @Nullable()
  @IsString()
  readonly rowKey!: string | null;

  /** How often: 1 but for rows that are not listed one by one. */
  @IsInt()
  @Min(1)
  readonly count!: number;
}
