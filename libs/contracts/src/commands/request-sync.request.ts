import { IsIn, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';
import { IsPlainText } from '../rpc/plain-text.js';

export const SYNC_TRIGGERS = ['manual', 'schedule', 'webhook', 'link'] as const;
export type SyncTriggerName = (typeof SYNC_TRIGGERS)[number];

/** Durable command `passerelle.commands.sync.request`. Repeating it with the same `requestId` changes nothing. */
export class RequestSyncMessage {
  @IsUUID()
  connectionId!: string;

  @IsIn(SYNC_TRIGGERS)
  trigger!: SyncTriggerName;

  /** Names the request for ever; for `schedule` the same connection and slot give the same id. */
  @IsString()
  @IsPlainText()
  @Length(1, 200)
  requestId!: string;

  /** Local date and time of the schedule that is served. */
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/)
  slot?: string | null;
}
