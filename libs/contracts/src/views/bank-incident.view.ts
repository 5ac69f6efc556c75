import { IsInt, IsString, Matches, Min } from 'class-validator';
import { Nullable } from '../nullable.js';

/** A bank, or the provider on the way to it, that fails again and again: for everybody, or as far as is known for this connection. */
export class BankIncidentView {
  /** How many syncs failed in a row; those of one connection count once a minute. */
  @IsInt()
  @Min(1)
  readonly failures!: number;

  /** Of how many connections they were; up to 100. One: of this one alone, and no other is kept from asking. */
  @IsInt()
  @Min(1)
  readonly connections!: number;

  /** The bank is left alone until then, ISO 8601 UTC; `null`: the next sync looks whether it answers again. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly until!: string | null;

  /** In words, with a next step. */
  @IsString()
  readonly message!: string;
}
