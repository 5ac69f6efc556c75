import type { RunProblem } from '#domain';

/** Carry out one run; a repeat for a run that has ended changes nothing. */
export class RunSync {
  readonly type = 'RunSync';
  constructor(
    readonly connectionId: string,
    readonly syncId: string,
  ) {}
}

/** What an attempt failed of, when the run goes on. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly problem: Pick<RunProblem, 'code' | 'parameters'>;
}

export type RunSyncResult =
  /** The run is over, now or before. */
  | { readonly kind: 'ended' }
  /** Another worker has this connection in hand. */
  | { readonly kind: 'busy' }
  /** It may not start before then, and is dispatched again when it may. */
  | { readonly kind: 'waiting'; readonly until: string }
  /** It has to wait a moment, `failed` where it is the provider that failed in a way that waiting may cure. */
  | {
      readonly kind: 'later';
      readonly delayMs: number;
      readonly cause: Error;
      readonly failed?: FailedAttempt;
    };
