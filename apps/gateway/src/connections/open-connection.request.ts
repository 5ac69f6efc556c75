import { faultOf, IsPlainText, PROVIDERS, TENANT_ID } from '#contracts';
import { Transform, Type } from 'class-transformer';
import {
  IsBIC, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, Length, Matches, Max, MaxLength, Min, ValidateNested,
} from 'class-validator'; // prettier-ignore

/** Ids are strings or whole numbers; they are kept as strings. */
export const Id = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (Number.isSafeInteger(value) ? String(value) : value));

/** Access to the provider that the caller already holds. */
export class CredentialsRequest {
  @IsString()
  @Length(1, 4096)
  accessToken!: string;

  @IsOptional()
  @Id()
  @IsString()
  @IsPlainText()
  @Length(1, 64)
  providerUserId?: string;

  @IsOptional()
  @Id()
  @IsString()
  @IsPlainText()
  @Length(1, 64)
  providerConnectionId?: string;
}

/** Opens a bank link for one account of a company. */
export class OpenConnectionRequest {
  /** Letters, digits, `_` and `-`: it becomes part of a NATS subject. */
  @Id()
  @IsString()
  @Matches(TENANT_ID, faultOf('field.tenant-characters'))
  tenantId!: string;

  @Id()
  @IsString()
  @IsPlainText()
  @Length(1, 64)
  companyId!: string;

  /** The caller's own id of the account. */
  @Id()
  @IsString()
  @IsPlainText()
  @Length(1, 64)
  accountId!: string;

  /** BIC of the bank. */
  @IsBIC()
  institutionId!: string;

  @IsString()
  @MaxLength(64)
  iban!: string;

  @IsOptional()
  @IsIn(PROVIDERS)
  provider: (typeof PROVIDERS)[number] = 'powens';

  @IsOptional()
  @IsBoolean()
  syncEnabled: boolean = true;

  /** How many days a first or complete sync looks back. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3650)
  syncDaysBack: number = 90;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => CredentialsRequest)
  credentials?: CredentialsRequest;
}
