import type { SyncTrigger } from '#domain';

/** Ask for a run of a connection; a repeat with the same `requestId` finds the run that the first one became part of. */
export class RequestSyncOf {
  readonly type = 'RequestSyncOf';
  constructor(
    readonly connectionId: string,
    readonly trigger: SyncTrigger,
    readonly requestId: string,
    readonly options: {
      /** The only tenant that may be meant; `null`: any. */
      readonly scope?: string | null;
      readonly slot?: string | null;
    } = {},
  ) {}
}

export type RequestSyncResult =
  | { readonly kind: 'accepted'; readonly syncId: string; readonly position: bigint | null }
  /** Nothing to do, and why: paused, or this slot was served. */
  | { readonly kind: 'ignored'; readonly reason: string };
