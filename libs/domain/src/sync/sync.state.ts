import type {
  LeftAlone,
  RefreshReport,
  SyncCause,
  SyncContext,
  SyncTally,
  SyncTrigger,
} from './sync.events.js';

/**
 * How many served requests are remembered at least to recognise a repeated one. More than any reactor asks at once: what
 * a crash makes it ask again is still remembered.
 */
export const REMEMBERED_REQUESTS = 1_200;

/** How many causes a run that waits lists when its turn comes; those that joined before are in the log as they came. */
export const LISTED_CAUSES = 100;

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
  /** The slices that are in the log; `null` before the first of several. */
  readonly slices: FinishedSlices | null;
  /** When a person last asked for it; absent: none did. */
  readonly attendedAt?: string;
  /** As {@link SyncRequested} tells them. */
  readonly nextAllowedAt?: string;
  readonly leftAlone?: LeftAlone;
  readonly followUp?: number;
  readonly told?: true;
  /** Decided once for all attempts of the run; absent: not yet. */
  readonly refresh?: OpenRefresh;
}

export interface OpenRefresh extends RefreshReport {
  /** The attempt that asked. */
  readonly attempt: number;
  readonly refreshedBefore: string | null;
}

export interface FinishedSlices {
  readonly done: number;
  readonly tally: SyncTally;
  /** Where the run began. */
  readonly cursorBefore: string | null;
}

export type QueuedRun = Omit<OpenRun, 'attempt' | 'startedAt' | 'slices' | 'refresh'>;

/** Requests that became part of one run, in the order in which they came. */
export interface ServedRequests {
  readonly syncId: string;
  readonly requestIds: readonly string[];
}

interface Memory {
  /** Latest schedule slot that was served; slots compare as text. */
  readonly lastSlot: string | null;
  /** Oldest first. */
  readonly served: readonly ServedRequests[];
  /** Where the last complete run left the provider's cursor. */
  readonly cursor: string | null;
  /** When a sync was first asked for: a day's worth of history is owed from then on, however long runs fail. */
  readonly firstRequestedAt: string | null;
  /** When a sync was last asked for because a bank was linked, or linked again. */
  readonly linkedAt: string | null;
  /** When the last run that webhooks alone had asked for was started first. */
  readonly lastWebhookStart: string | null;
  /** What comes by itself starts nothing before this: the last run was told so. Absent: it was not. */
  readonly limitedUntil?: string;
  /** The bank whose pause that is; absent: the provider said so. */
  readonly leftAlone?: LeftAlone;
  /** When the provider had been at the bank last, as of the last success. Absent: there was none. */
  readonly provedRefresh?: string;
  /** When the provider had been at the bank, as of the last completed runs since the bank was linked; oldest first. */
  readonly refreshes?: readonly string[];
  /** The last time that the provider was asked to look at the bank, or refused to. */
  readonly lastRefresh?: { readonly decidedAt: string; readonly nextAllowedAt: string | null };
}

export type SyncState =
  | (Memory & { readonly status: 'idle' })
  | (Memory & { readonly status: 'open'; readonly run: OpenRun; readonly queued: QueuedRun | null });

/** The run that a request id became part of. */
export const runOfRequest = (state: SyncState, requestId: string): string | undefined =>
  state.served.find(({ requestIds }) => requestIds.includes(requestId))?.syncId;
