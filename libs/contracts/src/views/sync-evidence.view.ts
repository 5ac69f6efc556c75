import { IsIn, Matches } from 'class-validator';

/** What proves a success. */
export class SyncEvidenceView {
  /**
   * `newer-refresh`: the provider has been at the bank since the last success; `nothing-new`: it has not, but reports a healthy
   * link, and everything that it shows was read.
   */
  @IsIn(['newer-refresh', 'nothing-new'])
  readonly kind!: 'newer-refresh' | 'nothing-new';

  /** When the provider was last at the bank, ISO 8601 UTC. */
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly refreshedAt!: string;
}
