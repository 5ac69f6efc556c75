import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsString, Matches, Min, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';

export const DELIVERY_STATES = ['received', 'applied', 'ignored', 'parked'] as const;
export type DeliveryStateName = (typeof DELIVERY_STATES)[number];

/** A connection of ours that a delivery is about. */
export class DeliveryConnectionView {
  @IsString()
  readonly connectionId!: string;

  @IsString()
  readonly tenantId!: string;
}

/** One verified webhook and what became of it. */
export class DeliveryView {
  /** As the provider was answered: `<provider>_<key>`. */
  @IsString()
  readonly id!: string;

  @IsIn(['powens', 'tink'])
  readonly provider!: 'powens' | 'tink';

  /** How it was signed: `powens`, `tink`, or `guide` (`X-Powens-Signature`). */
  @IsString()
  readonly scheme!: string;

  /** What it tells us, in our words: `data-may-have-changed`, `connection-state`, …; `unrecognised`: no rule knows it. */
  @IsString()
  readonly noticeKind!: string;

  /** ISO 8601 UTC. */
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly receivedAt!: string;

  /**
   * `received`: not acted on yet; `applied`: it asked for a sync; `ignored`: it is for a connection that wants none;
   * `parked`: nothing of ours matches it yet. `reason` says why. After a replay, what became of the replay.
   */
  @IsIn(DELIVERY_STATES)
  readonly state!: DeliveryStateName;

  /** Stable, docs/errors.md lists them all; `null` unless ignored or parked. */
  @Nullable()
  @IsString()
  readonly reason!: string | null;

  /** The same in words, with a next step. */
  @Nullable()
  @IsString()
  readonly reasonText!: string | null;

  /** The connections that it is about, as far as the key may see them. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DeliveryConnectionView)
  readonly connections!: DeliveryConnectionView[];

  /** How often it was replayed. */
  @IsInt()
  @Min(0)
  readonly replays!: number;
}
