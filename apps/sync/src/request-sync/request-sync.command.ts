import type { SyncTrigger } from '#domain';

/** Ask for a run of a connection; a request id that comes again finds the run that it became part of the first time. */
export class RequestSyncOf {
  readonly type = 'RequestSyncOf';
  constructor(
    readonly connectionId: string,
    readonly trigger: SyncTrigger,
    readonly requestIds: readonly string[],
    readonly options: {
      /** The only tenant that may be meant; `null`: any. */
      readonly scope?: string | null;
      readonly slot?: string | null;
      /** What comes by itself leaves a paused connection alone; this is worth a look all the same. */
      readonly evenPaused?: boolean;
      /** A run that webhooks alone ask for starts no sooner. */
      readonly webhookNotBefore?: string | null;
      /** The provider says by itself that it has just been at the bank. */
      readonly told?: boolean;
    } = {},
  ) {}
}

export type RequestSyncResult =
  | {
      readonly kind: 'accepted';
      /** Request id → id of the run that it is part of. */
      readonly runs: ReadonlyMap<string, string>;
      /** Requests that a run had taken on before this was asked. */
      readonly repeated: ReadonlySet<string>;
      readonly position: bigint | null;
    }
  /** Nothing to do, and why: paused, or this slot was served. */
  | { readonly kind: 'ignored'; readonly reason: string };
