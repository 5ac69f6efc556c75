import { IsString, Matches } from 'class-validator';

/** A page of the provider on which the account holder authorises or repairs a link. */
export class LinkSessionView {
  /** Short-lived: to be opened, not stored. */
  @IsString()
  readonly linkUrl!: string;

  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly expiresAt!: string;
}
