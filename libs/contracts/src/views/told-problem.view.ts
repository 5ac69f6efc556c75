import { IsIn, IsObject, IsString } from 'class-validator';
import type { ProblemOwner } from '../problems/problem-words.js';

/** What is wrong, in a code of the catalogue and in words. */
export class ToldProblemView {
  /** Stable; docs/errors.md lists them all. */
  @IsString()
  readonly code!: string;

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
