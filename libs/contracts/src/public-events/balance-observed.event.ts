import { Type } from 'class-transformer';
import { Equals, IsString, Matches, ValidateNested } from 'class-validator';
import { CloudEvent } from './cloud-event.js';

export class BalanceObservedData {
  @IsString()
  readonly tenantId!: string;

  @IsString()
  readonly companyId!: string;

  @IsString()
  readonly ledgerId!: string;

  /** The caller's account id. */
  @IsString()
  readonly accountId!: string;

  @IsString()
  readonly connectionId!: string;

  /** Decimal string. */
  @Matches(/^-?\d+(\.\d+)?$/)
  readonly balance!: string;

  /** ISO 4217. */
  @Matches(/^[A-Z]{3}$/)
  readonly currency!: string;

  /** ISO 8601 UTC. */
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly observedAt!: string;
}

/** The bank shows another balance than the last time. */
export class BalanceObservedV1 extends CloudEvent {
  @Equals('passerelle.balance.observed.v1')
  readonly type!: 'passerelle.balance.observed.v1';

  @ValidateNested()
  @Type(() => BalanceObservedData)
  readonly data!: BalanceObservedData;
}
