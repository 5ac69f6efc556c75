import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { SYNC_TRIGGERS, type SyncTriggerName } from '../commands/request-sync.request.js';
import { ConnectionRpc } from './connection.request.js';
import { IsPlainText } from './plain-text.js';
import { ScopedRequest } from './scoped.request.js';

export const SYNC_STATUSES = ['pending', 'success', 'partial', 'failure'] as const;

/** `passerelle.rpc.sync.request` → {@link RequestedSyncReply}. */
export class RequestSyncRpc extends ConnectionRpc {
  /** Names the request for ever: a repeat becomes part of the same run. */
  @IsString()
  @IsPlainText()
  @Length(1, 200)
  requestId!: string;
}

/** `passerelle.rpc.sync.get`. */
export class GetSyncRpc extends ScopedRequest {
  /** Id of a run, or of a request (webhook or call) that became part of one. */
  @IsString()
  @IsPlainText()
  @Length(1, 200)
  id!: string;
}

/** `passerelle.rpc.sync.history`. */
export class SyncHistoryRpc extends ConnectionRpc {
  @IsInt()
  @Min(1)
  @Max(500)
  limit!: number;

  @IsOptional()
  @IsIn(SYNC_STATUSES)
  status?: (typeof SYNC_STATUSES)[number] | null;

  @IsOptional()
  @IsIn(SYNC_TRIGGERS)
  trigger?: SyncTriggerName | null;

  @IsOptional()
  @IsString()
  cursor?: string | null;
}

/** `passerelle.rpc.sync.stats`. */
export class ConnectionStatsRpc extends ConnectionRpc {
  /** So many days, the last of which is today. */
  @IsInt()
  @Min(1)
  @Max(366)
  days!: number;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** `passerelle.rpc.sync.transactions`. */
export class ListTransactionsRpc extends ConnectionRpc {
  /** First bank day wanted, inclusive. */
  @IsOptional()
  @Matches(DAY)
  from?: string | null;

  /** Last bank day wanted, inclusive. */
  @IsOptional()
  @Matches(DAY)
  to?: string | null;

  @IsInt()
  @Min(1)
  @Max(1000)
  limit!: number;

  @IsOptional()
  @IsString()
  cursor?: string | null;
}

/** `passerelle.rpc.sync.transaction`. */
export class GetTransactionRpc extends ScopedRequest {
  /** Ours. */
  @IsString()
  @IsPlainText()
  @Length(1, 200)
  id!: string;
}
