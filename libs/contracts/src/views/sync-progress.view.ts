import { IsInt, Matches, Min } from 'class-validator';
import { Nullable } from '../nullable.js';

/** How far a run came that reads a long history slice by slice, the newest days first. */
export class SyncProgressView {
  /** Slices whose transactions are imported. */
  @IsInt()
  @Min(0)
  readonly slicesDone!: number;

  /** All slices, as far as can be foreseen: how many days one takes follows from what the one before it brought. */
  @IsInt()
  @Min(0)
  readonly slices!: number;

  /** First bank day that every account is imported from by now; `null` while one of them waits. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly from!: string | null;
}
