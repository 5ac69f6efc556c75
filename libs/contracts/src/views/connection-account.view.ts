import { IsString, Matches } from 'class-validator';
import { Nullable } from '../nullable.js';

/** One bank account of a connection. */
export class ConnectionAccountView {
  /** Id of the account's ledger. */
  @IsString()
  readonly id!: string;

  /** The caller's account id; `null` for an account that the caller did not ask for. */
  @Nullable()
  @IsString()
  readonly accountId!: string | null;

  @Nullable()
  @IsString()
  readonly iban!: string | null;

  @IsString()
  readonly name!: string;

  /** ISO 4217. */
  @Nullable()
  @Matches(/^[A-Z]{3}$/)
  readonly currency!: string | null;

  /** `tracked`, `ignored`, `ambiguous`, `not-shared` or `vanished`. */
  @IsString()
  readonly status!: string;

  /** When the provider last read it at the bank, ISO 8601 UTC, as of the last sync; `null`: unknown. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly refreshedAt!: string | null;

  /** Decimal string in `currency`; `null` when unknown, which is not zero. */
  @Nullable()
  @Matches(/^-?\d+(\.\d+)?$/)
  readonly balance!: string | null;
}
