import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsString, Matches, Min, ValidateNested } from 'class-validator';
import { Nullable } from '../nullable.js';
import { HistoryGapView } from './history-gap.view.js';
import { SyncEvidenceView } from './sync-evidence.view.js';
import { SyncProblemView } from './sync-problem.view.js';
import { SyncProgressView } from './sync-progress.view.js';
import { SyncRefreshView } from './sync-refresh.view.js';
import { SyncRetryView } from './sync-retry.view.js';

/** One run of a synchronisation and what came of it. */
export class SyncView {
  @IsString()
  readonly id!: string;

  @IsString()
  readonly connectionId!: string;

  @IsString()
  readonly tenantId!: string;

  /** When it was requested, ISO 8601 UTC. */
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly createdAt!: string;

  @IsIn(['manual', 'schedule', 'webhook', 'link'])
  readonly trigger!: 'manual' | 'schedule' | 'webhook' | 'link';

  /** `partial`: what was read is valid and imported, but rows were unreadable or there is more. */
  @IsIn(['pending', 'success', 'partial', 'failure'])
  readonly status!: 'pending' | 'success' | 'partial' | 'failure';

  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly startedAt!: string | null;

  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly endedAt!: string | null;

  /** First bank day looked at. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly windowFrom!: string | null;

  /** Last bank day looked at. */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  readonly windowTo!: string | null;

  /** Transactions that were new. */
  @IsInt()
  @Min(0)
  readonly transactionsImported!: number;

  /** Transactions of which the bank changed something. */
  @IsInt()
  @Min(0)
  readonly transactionsUpdated!: number;

  /** Transactions that the bank took back. */
  @IsInt()
  @Min(0)
  readonly transactionsRemoved!: number;

  /** Rows of the ledger that were shown again and had not changed. */
  @IsInt()
  @Min(0)
  readonly transactionsSkipped!: number;

  /** Rows that could not be understood. */
  @IsInt()
  @Min(0)
  readonly transactionsFailed!: number;

  /** `null` unless the run is on its way and reads in more than one slice. */
  @Nullable()
  @ValidateNested()
  @Type(() => SyncProgressView)
  readonly progress!: SyncProgressView | null;

  /** Of a pending run: what its last attempt failed of, and when the next one begins; `null`: it is at work, or has not begun. */
  @Nullable()
  @ValidateNested()
  @Type(() => SyncRetryView)
  readonly retry!: SyncRetryView | null;

  /** Days that can never be imported; the run is `partial` then. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => HistoryGapView)
  readonly gaps!: HistoryGapView[];

  /** `null`: nobody waited, or what the provider had was fresh. */
  @Nullable()
  @ValidateNested()
  @Type(() => SyncRefreshView)
  readonly refresh!: SyncRefreshView | null;

  /**
   * Before this the provider, or its bank, is left alone: of a pending run, when it may begin; of one that was stopped, when
   * it is taken up again; else when the next refresh is allowed. A person may ask sooner. `null`: nothing of the kind.
   */
  @Nullable()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  readonly nextAllowedAt!: string | null;

  /**
   * All that kept it from being a success, account by account and row by row (the first 50 rows; then their number). Pages of
   * more than 15 runs show the first of each run only: 1000 in all.
   */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => SyncProblemView)
  readonly problems!: SyncProblemView[];

  /** What proves the success; `null` for every other run. */
  @Nullable()
  @ValidateNested()
  @Type(() => SyncEvidenceView)
  readonly evidence!: SyncEvidenceView | null;

  /** The first of `problems`, docs/errors.md lists all codes; `null` unless something went wrong. */
  @Nullable()
  @IsString()
  readonly errorCode!: string | null;

  /** In words, with a next step: English, or French where `Accept-Language` asks for it. */
  @Nullable()
  @IsString()
  readonly errorMessage!: string | null;
}
