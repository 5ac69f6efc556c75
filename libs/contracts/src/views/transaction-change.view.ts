import { Allow, IsBoolean, IsString } from 'class-validator';

/** One field of a transaction that changed. */
export class TransactionFieldChange {
  /** Name of a member of the transaction. */
  @IsString()
  readonly field!: string;

  /** Any JSON value. */
  @Allow()
  readonly before!: unknown;

  @Allow()
  readonly after!: unknown;
}

/** The provider's id that a transaction was known under before. */
export class FormerKey {
  @IsString()
  readonly providerAccountId!: string;

  @IsString()
  readonly providerTransactionId!: string;

  /** `false`: another link to the same account still shows the transaction under it. */
  @IsBoolean()
  readonly ended!: boolean;
}
