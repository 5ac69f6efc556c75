import { IsString } from 'class-validator';
import { Nullable } from '../nullable.js';

/** The other side of a transaction, as far as the bank names it. */
export class CounterpartyView {
  @Nullable()
  @IsString()
  readonly name!: string | null;

  /** Account of the other side, as the bank gives it. */
  @Nullable()
  @IsString()
  readonly account!: string | null;

  /** `iban`, `bban`, … */
  @Nullable()
  @IsString()
  readonly accountScheme!: string | null;
}
