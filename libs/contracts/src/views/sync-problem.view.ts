import { IsIn, IsInt, IsObject, IsString, Min } from 'class-validator';
import { Nullable } from '../nullable.js';
import type { ProblemOwner } from '../problems/index.js';

/** Something that kept a run from being a success: of the whole run, of one account, or of one row. */
export class SyncProblemView {
  /** Stable; docs/errors.md lists them all. */
  @IsString()
  readonly code!: string;

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

  /** What the words name beside the code; all values are texts. */
  @IsObject()
  readonly parameters!: Readonly<Record<string, string>>;

  /** Who can end it; `time`: it mends by itself, `nobody`: there is no cure. */
  @IsIn(['caller', 'user', 'operator', 'provider', 'time', 'nobody'])
  readonly actionOwner!: ProblemOwner;

  /** In words, with a next step. */
  @IsString()
  readonly message!: string;
}
