import { ACCOUNT_ACTIONS, IsPlainText } from '#contracts';
import { IsIn, IsOptional, IsString, IsUUID, Length, ValidateIf } from 'class-validator';
import { Id } from './open-connection.request.js';

/** What to do with a bank account of a connection. */
export class DecideOnAccountRequest {
  /** `track`: import it; `map`: import it into the ledger `ledgerId`, which it continues; `ignore`: import nothing of it. */
  @IsIn(ACCOUNT_ACTIONS)
  action!: (typeof ACCOUNT_ACTIONS)[number];

  /** The caller's own id for it; the one that the connection was opened for when it is left out. */
  @IsOptional()
  @Id()
  @IsString()
  @IsPlainText()
  @Length(1, 64)
  accountId?: string;

  /** Needed to `map`, and only for that. */
  @ValidateIf(({ action, ledgerId }: DecideOnAccountRequest) => action === 'map' || ledgerId !== undefined)
  @IsUUID()
  ledgerId?: string;
}
