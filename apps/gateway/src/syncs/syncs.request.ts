import { faultOf, SYNC_STATUSES, SYNC_TRIGGERS, type SyncTriggerName } from '#contracts';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

export class RequestSyncQuery {
  /** Seconds to wait for the end of the run. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(60)
  wait: number = 0;
}

export class SyncHistoryRequest {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit: number = 10;

  @IsOptional()
  @IsIn(SYNC_STATUSES)
  status?: (typeof SYNC_STATUSES)[number];

  @IsOptional()
  @IsIn(SYNC_TRIGGERS)
  trigger?: SyncTriggerName;

  @IsOptional()
  @IsString()
  cursor?: string;
}

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

export class ListTransactionsRequest {
  /** First bank day, inclusive. */
  @IsOptional()
  @Matches(DAY, faultOf('field.no-day'))
  from?: string;

  /** Last bank day, inclusive. */
  @IsOptional()
  @Matches(DAY, faultOf('field.no-day'))
  to?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 100;

  @IsOptional()
  @IsString()
  cursor?: string;
}
