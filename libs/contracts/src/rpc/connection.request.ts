import { Type } from 'class-transformer';
import {
  IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, IsUUID, Length, Matches, Max, Min, ValidateNested,
} from 'class-validator'; // prettier-ignore
import { TENANT_ID } from '../subjects.js';
import { IsPlainText } from './plain-text.js';
import { ScopedRequest } from './scoped.request.js';

export const PROVIDERS = ['powens', 'tink'] as const;
export const CONNECTION_STATUSES = ['pending', 'active', 'inactive', 'disconnected', 'error'] as const;

/** Access that the caller already holds; the gateway sealed the token before it sent it. */
export class SealedCredentials {
  @IsString()
  sealedAccessToken!: string;

  @IsOptional()
  @IsString()
  @IsPlainText()
  @Length(1, 64)
  providerUserId?: string | null;

  @IsOptional()
  @IsString()
  @IsPlainText()
  @Length(1, 64)
  providerConnectionId?: string | null;
}

/** `passerelle.rpc.connections.open` → {@link OpenedConnectionReply}. */
export class OpenConnectionRpc extends ScopedRequest {
  @Matches(TENANT_ID)
  tenantId!: string;

  @IsString()
  @IsPlainText()
  @Length(1, 64)
  companyId!: string;

  @IsString()
  @IsPlainText()
  @Length(1, 64)
  accountId!: string;

  @IsString()
  @IsPlainText()
  @Length(8, 11)
  institutionId!: string;

  @IsString()
  @IsPlainText()
  @Length(5, 34)
  iban!: string;

  @IsIn(PROVIDERS)
  provider!: (typeof PROVIDERS)[number];

  @IsBoolean()
  syncEnabled!: boolean;

  @IsInt()
  @Min(1)
  @Max(3650)
  syncDaysBack!: number;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SealedCredentials)
  credentials?: SealedCredentials | null;

  /** Id of the command, derived from the caller's `Idempotency-Key` where there is one: a repeat finds its own work. */
  @IsUUID()
  commandId!: string;
}

/** `.get`, `.start-link` and `.disconnect`. */
export class ConnectionRpc extends ScopedRequest {
  @IsString()
  @Length(1, 64)
  connectionId!: string;
}

/** `.list`. */
export class ListConnectionsRpc extends ScopedRequest {
  @IsOptional()
  @IsIn(CONNECTION_STATUSES)
  status?: (typeof CONNECTION_STATUSES)[number] | null;

  @IsInt()
  @Min(1)
  @Max(500)
  limit!: number;

  @IsOptional()
  @IsString()
  cursor?: string | null;
}

/** `.change-settings`. */
export class ChangeSettingsRpc extends ConnectionRpc {
  @IsOptional()
  @IsBoolean()
  syncEnabled?: boolean;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3650)
  syncDaysBack?: number;
}

export const ACCOUNT_ACTIONS = ['track', 'ignore', 'map'] as const;

/** `.decide-on-account` → {@link DecidedAccountReply}. */
export class DecideOnAccountRpc extends ConnectionRpc {
  @IsString()
  @IsPlainText()
  @Length(1, 128)
  providerAccountId!: string;

  @IsIn(ACCOUNT_ACTIONS)
  action!: (typeof ACCOUNT_ACTIONS)[number];

  @IsOptional()
  @IsString()
  @IsPlainText()
  @Length(1, 64)
  accountId?: string | null;

  @IsOptional()
  @IsUUID()
  ledgerId?: string | null;
}

/** `.complete-link`: what the provider put on the callback. There is no API key behind it: the `state` is the key. */
export class CompleteLinkRpc {
  @IsString()
  @Length(1, 512)
  state!: string;

  /** All query parameters of the callback, the state among them. */
  @IsObject()
  parameters!: Record<string, string>;
}
