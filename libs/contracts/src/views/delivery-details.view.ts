import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsString, Matches, Min, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';
import { DeliveryView } from './delivery.view.js';

/** What a webhook says, in our words; what it does not say is `null`. Never more than ids and codes. */
export class DeliveryNoticeView {
  @IsString()
  readonly kind!: string;

  /** The provider's name of an event that is not understood. */
  @Nullable()
  @IsString()
  readonly event!: string | null;

  /** The connection's health in the provider's words; `null` when healthy, or not spoken of. */
  @Nullable()
  @IsString()
  readonly code!: string | null;

  /** What happened to an account. */
  @Nullable()
  @IsIn(['found', 'enabled', 'disabled'])
  readonly change!: 'found' | 'enabled' | 'disabled' | null;

  /** Our connection, where the sender named it. */
  @Nullable()
  @IsString()
  readonly connectionId!: string | null;

  @Nullable()
  @IsString()
  readonly providerUserId!: string | null;

  @Nullable()
  @IsString()
  readonly providerConnectionId!: string | null;

  @Nullable()
  @IsString()
  readonly providerAccountId!: string | null;
}

/** A run that a delivery asked for, with what it did. */
export class DeliverySyncView {
  /** Id of the run. */
  @IsString()
  readonly id!: string;

  @IsString()
  readonly connectionId!: string;

  /** The request that became part of the run: the delivery's id, or `<id>~<n>` for its n-th replay. */
  @IsString()
  readonly requestId!: string;

  @IsIn(['pending', 'success', 'partial', 'failure'])
  readonly status!: 'pending' | 'success' | 'partial' | 'failure';

  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly endedAt!: string | null;

  @IsInt()
  @Min(0)
  readonly transactionsImported!: number;

  @IsInt()
  @Min(0)
  readonly transactionsUpdated!: number;

  @IsInt()
  @Min(0)
  readonly transactionsRemoved!: number;

  @IsInt()
  @Min(0)
  readonly transactionsSkipped!: number;

  @IsInt()
  @Min(0)
  readonly transactionsFailed!: number;

  @Nullable()
  @IsString()
  readonly errorCode!: string | null;
}

export const DELIVERY_STEPS = ['received', 'parked', 'resolved', 'ignored', 'replayed', 'applied'] as const;
export type DeliveryStepName = (typeof DELIVERY_STEPS)[number];

/** One thing that happened to a delivery. */
export class DeliveryStepView {
  /** `resolved`: parked before, it found its connection; `applied`: it became part of a run. */
  @IsIn(DELIVERY_STEPS)
  readonly what!: DeliveryStepName;

  /** ISO 8601 UTC. */
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly at!: string;

  @Nullable()
  @IsString()
  readonly reason!: string | null;

  /** The same in words, with a next step. */
  @Nullable()
  @IsString()
  readonly reasonText!: string | null;

  @Nullable()
  @IsString()
  readonly connectionId!: string | null;

  /** The run, when `applied`. */
  @Nullable()
  @IsString()
  readonly syncId!: string | null;

  /** Whose key asked, when `replayed`: `api-key:admin` or `api-key:tenant:<id>`; `null` when it was another tenant's. */
  @Nullable()
  @IsString()
  readonly actor!: string | null;
}

/** One verified webhook: what it was, what it means, what was done about it. */
export class DeliveryDetailsView extends DeliveryView {
  /** First 8 hex digits of the SHA-256 of the secret that verified it. */
  @IsString()
  readonly secretFingerprint!: string;

  /** Path that the provider called. */
  @IsString()
  readonly path!: string;

  /** When the provider says it signed, as it wrote it; `null` where the scheme has no date. */
  @Nullable()
  @IsString()
  readonly signedAt!: string | null;

  @IsInt()
  @Min(0)
  readonly bodyBytes!: number;

  /** SHA-256 of the raw body in hex. */
  @IsString()
  readonly bodySha256!: string;

  @ValidateNested()
  @Type(() => DeliveryNoticeView)
  readonly notice!: DeliveryNoticeView;

  /** When a parked one found its connection. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly resolvedAt!: string | null;

  /** The runs that it became part of: one per connection, and again for each replay. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DeliverySyncView)
  readonly syncs!: DeliverySyncView[];

  /** In the order in which it happened. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DeliveryStepView)
  readonly history!: DeliveryStepView[];
}
