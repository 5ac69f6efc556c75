import {
  CancelledError,
  DeadlineExceededError,
  isCommandError,
  NotLeaderError,
  TimeoutError,
  UnavailableError,
  UnknownError,
} from '@kurrent/kurrentdb-client';

/** gRPC status codes that say nothing about whether the call took effect. */
const UNSETTLED_CODES: ReadonlySet<number> = new Set([1, 2, 4, 8, 10, 13, 14, 15]);
const CANCELLED = 1;
const UNAVAILABLE = 14;

const grpcCode = (error: unknown): number | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;

/**
 * Whether the call may or may not have taken effect, so that it is worth repeating. An error of the client's own
 * look-up of server features comes through unconverted: a plain gRPC error with its numeric code.
 */
export const isUnsettled = (error: unknown): boolean =>
  error instanceof UnavailableError ||
  error instanceof TimeoutError ||
  error instanceof DeadlineExceededError ||
  error instanceof CancelledError ||
  error instanceof UnknownError ||
  error instanceof NotLeaderError ||
  (error instanceof Error && !isCommandError(error) && UNSETTLED_CODES.has(grpcCode(error) ?? -1));

/**
 * Whether the client keeps failing with this very error: a look-up of server features that was refused with anything
 * but UNAVAILABLE or CANCELLED stays cached for the life of its channel (client 1.3.1).
 */
export const isStuck = (error: unknown): boolean => {
  if (!(error instanceof Error) || isCommandError(error)) return false;
  const code = grpcCode(error);
  return code !== undefined && code !== CANCELLED && code !== UNAVAILABLE;
};
