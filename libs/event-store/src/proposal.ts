import type { EventData, NO_STREAM } from '@kurrent/kurrentdb-client';

/** One append, until its outcome is known or its time is over. */
export interface Proposal {
  readonly stream: string;
  readonly streamState: typeof NO_STREAM | bigint;
  readonly events: readonly EventData[];
  /** Milliseconds of the epoch. */
  readonly deadline: number;
}

export const remainingMs = ({ deadline }: Proposal): number => Math.max(0, deadline - Date.now());
