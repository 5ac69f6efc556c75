/**
 * - `starting`: tables are being prepared or the lock is being asked for
 * - `standby`: another process runs it; this one takes over when that one is gone
 * - `down`: failing, and trying again
 */
export type RunnerStatus = 'starting' | 'standby' | 'catching-up' | 'live' | 'down' | 'stopped';

/** A projection, reactor or publisher of this process. */
export interface Runner {
  readonly name: string;
  /** Resolves when the tables exist and are up to date, on a leader and on a standby alike. */
  readonly prepared: Promise<void>;
  status(): RunnerStatus;
  /** Where the stored checkpoint is, while this process leads; `null` otherwise, and before the first event. */
  position(): bigint | null;
  /** Distance between the log's head and the stored checkpoint, in log positions; 0 when level. */
  lag(): Promise<bigint>;
  /** `null` when all is well, else what is wrong, in words. For readiness checks. */
  health(): Promise<string | null>;
  /** Lets the batch in hand end, gives the lock back, and resolves when nothing runs any more. */
  stop(): Promise<void>;
}
