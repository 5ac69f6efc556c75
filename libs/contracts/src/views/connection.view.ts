import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  ValidateNested,
} from 'class-validator';
import { Nullable } from '../nullable.js';
import { BankIncidentView } from './bank-incident.view.js';
import { ConnectionAccountView } from './connection-account.view.js';
import { OtherLinkView } from './other-link.view.js';

/** What happens next without anybody acting. */
export class NextAutomaticActionView {
  /** `sync`: our scheduled one; `provider-retry`: the provider asks the bank again. */
  @IsIn(['sync', 'provider-retry'])
  readonly what!: 'sync' | 'provider-retry';

  /** ISO 8601 UTC. */
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly at!: string;
}

/** A link between a company's bank accounts and Passerelle. */
export class ConnectionView {
  @IsString()
  readonly id!: string;

  @IsString()
  readonly tenantId!: string;

  @IsString()
  readonly companyId!: string;

  @IsIn(['powens', 'tink'])
  readonly provider!: 'powens' | 'tink';

  @IsString()
  readonly institutionId!: string;

  @IsString()
  readonly iban!: string;

  /** `inactive`: paused; `error`: see `statusReason`. */
  @IsIn(['pending', 'active', 'inactive', 'disconnected', 'error'])
  readonly status!: 'pending' | 'active' | 'inactive' | 'disconnected' | 'error';

  /** What is wrong and who must act. */
  @Nullable()
  @IsString()
  readonly statusReason!: string | null;

  /** What `statusReason` says, for programs: ours (docs/errors.md), or what the provider calls its state. */
  @Nullable()
  @IsString()
  readonly statusReasonCode!: string | null;

  /** What the words name beside the code; all values are texts. */
  @IsObject()
  readonly statusReasonParameters!: Readonly<Record<string, string>>;

  /** Who must act so that it works (again): `caller` is who opened it, `user` the account holder; `time`: it mends by itself. */
  @Nullable()
  @IsIn(['user', 'caller', 'operator', 'provider', 'time', 'nobody'])
  readonly actionOwner!: 'user' | 'caller' | 'operator' | 'provider' | 'time' | 'nobody' | null;

  /** What happens next without anybody acting; `null`: nothing. */
  @Nullable()
  @ValidateNested()
  @Type(() => NextAutomaticActionView)
  readonly nextAutomaticAction!: NextAutomaticActionView | null;

  /** The bank fails for everybody at the moment, so that syncs that come by themselves wait; `null`: nothing of the kind. */
  @Nullable()
  @ValidateNested()
  @Type(() => BankIncidentView)
  readonly bankIncident!: BankIncidentView | null;

  @IsBoolean()
  readonly syncEnabled!: boolean;

  /** How many days a first or complete sync looks back. */
  @IsInt()
  readonly syncDaysBack!: number;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ConnectionAccountView)
  readonly accounts!: ConnectionAccountView[];

  /** What the account holder linked besides; each needs a connection of its own, and ends with this one. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => OtherLinkView)
  readonly otherLinks!: OtherLinkView[];

  /** ISO 8601 UTC. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly consentExpiresAt!: string | null;

  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly lastSyncAt!: string | null;

  @Nullable()
  @IsIn(['pending', 'success', 'partial', 'failure'])
  readonly lastSyncStatus!: 'pending' | 'success' | 'partial' | 'failure' | null;

  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly createdAt!: string;

  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly updatedAt!: string;

  /** Where the account holder authorises the link; only in the answer to an opening that needs it. */
  @IsOptional()
  @IsString()
  readonly linkUrl?: string;
}
