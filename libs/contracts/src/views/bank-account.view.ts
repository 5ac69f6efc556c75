import { Type } from 'class-transformer';
import { IsArray, IsIn, IsString, Matches, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';
import { ToldProblemView } from './told-problem.view.js';

/** An account of the caller's that a bank account could be. */
export class AccountCandidateView {
  /** The caller's account id. */
  @IsString()
  readonly accountId!: string;

  /** The ledger that it would continue; `null`: its own. */
  @Nullable()
  @IsString()
  readonly ledgerId!: string | null;
}

/** A bank account as the provider shows it, and what is done with it. */
export class BankAccountView {
  /** The provider's id of the account: a re-created account has a new one. */
  @IsString()
  readonly id!: string;

  /** Where its transactions go, or would go. */
  @IsString()
  readonly ledgerId!: string;

  /** The caller's account id that it is imported as; `null`: nothing is imported from it. */
  @Nullable()
  @IsString()
  readonly accountId!: string | null;

  @Nullable()
  @IsString()
  readonly iban!: string | null;

  @IsString()
  readonly name!: string;

  /** `checking`, `savings`, `card`, …, as the provider says. */
  @IsString()
  readonly type!: string;

  /** ISO 4217. */
  @Nullable()
  @Matches(/^[A-Z]{3}$/)
  readonly currency!: string | null;

  /** `ambiguous`: one of several that could be imported, see `candidateFor`; `untracked`: nobody asked for it. */
  @IsIn(['tracked', 'ambiguous', 'ignored', 'untracked', 'not-shared', 'vanished'])
  readonly status!: 'tracked' | 'ambiguous' | 'ignored' | 'untracked' | 'not-shared' | 'vanished';

  /** Why nothing is imported from it and what to do about that; `null` for a tracked account. */
  @Nullable()
  @IsString()
  readonly statusReason!: string | null;

  /** Since when it is shared again, ISO 8601 UTC, when there was a time in which it was not; else `null`. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly sharedSince!: string | null;

  /** When the provider last read it at the bank, ISO 8601 UTC, as of the last sync; `null`: unknown. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly refreshedAt!: string | null;

  /** Why what is shown of it may be old, as of the last sync, for a shared account; `null`: nothing speaks against what is shown of it. */
  @Nullable()
  @ValidateNested()
  @Type(() => ToldProblemView)
  readonly problem!: ToldProblemView | null;

  /** Which accounts of the caller's it could be, when that has to be decided. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => AccountCandidateView)
  readonly candidateFor!: AccountCandidateView[];
}

/** All bank accounts that a connection knows of. */
export class BankAccountsView {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => BankAccountView)
  readonly items!: BankAccountView[];
}
