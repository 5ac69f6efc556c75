import type { SyncCause, SyncContext, SyncTrigger } from './sync.events.js';

/**
 * How many served requests are remembered to recognise a repeated one, and how many causes a queued run lists. More than
 * any reactor asks at once: what a crash makes it ask again is still remembered.
 */
export const REMEMBERED_REQUESTS = 1_000;

export interface OpenRun extends SyncContext {
  readonly trigger: SyncTrigger;
  readonly causes: readonly SyncCause[];
  readonly attended: boolean;
  readonly slot: string | null;
  readonly requestedAt: string;
  /** No attempt starts before this; `null`: at once. */
  readonly notBefore: string | null;
  /** 0 until the first worker took it. */
  readonly attempt: number;
  readonly startedAt: string | null;
}

export type QueuedRun = Omit<OpenRun, 'attempt' | 'startedAt'>;

export interface ServedRequest {
  readonly requestId: string;
  readonly syncId: string;
}

interface Memory {
  /** Latest schedule slot that was served; slots compare as text. */
  readonly lastSlot: string | null;
  /** Oldest first. */
  readonly recentRequests: readonly ServedRequest[];
  /** Where the last complete run left the provider's cursor. */
  readonly cursor: string | null;
  /** When the last run that webhooks alone had asked for was started first. */
  readonly lastWebhookStart: string | null;
}

export type SyncState =
  | (Memory & { readonly status: 'idle' })
  | (Memory & { readonly status: 'open'; readonly run: OpenRun; readonly queued: QueuedRun | null });

/** The run that a request id became part of. */
export const runOfRequest = (state: SyncState, requestId: string): string | undefined =>
  state.recentRequests.find((served) => served.requestId === requestId)?.syncId;
