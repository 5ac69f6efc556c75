import { IsIn, IsString } from 'class-validator';
import { Nullable } from '../nullable.js';

/** Whether the provider was asked to look at the bank before the run read what it has. */
export class SyncRefreshView {
  /** `refused`: the provider, or our own care for it, would not; what it had was read. */
  @IsIn(['asked', 'refused'])
  readonly outcome!: 'asked' | 'refused';

  /** Why it was refused: stable; `null` when it was not. */
  @Nullable()
  @IsString()
  readonly code!: string | null;

  /** In words, with a next step. */
  @IsString()
  readonly message!: string;
}
