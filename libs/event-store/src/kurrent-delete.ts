import {
  type KurrentDBClient,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import { errorText } from '#kernel';
import { backoffMs, pause } from './backoff.js';
import { EventStoreUnavailable } from './event-store.js';
import { isUnsettled } from './kurrent-errors.js';
import { withinTime } from './within-time.js';

/** One try; then the next, within the time. */
const TRY_MS = 4_000;
const RETRY = { firstMs: 50, maxMs: 1_000 };

/** A tombstone hides for good what we wanted to hide. */
const answerTo = (error: unknown): boolean | undefined => {
  if (error instanceof StreamDeletedError) return true;
  return error instanceof WrongExpectedVersionError ? false : undefined;
};

/**
 * Soft-deletes a stream at exactly this revision. Never tombstones: nobody could write to the stream again.
 * @returns `false`: it is at another revision, or never existed
 * @throws {EventStoreUnavailable} outcome unknown after `timeoutMs`; repeating it is safe
 */
export const hideStream = async (
  client: KurrentDBClient,
  stream: string,
  expectedRevision: bigint,
  timeoutMs: number,
): Promise<boolean> => {
  const deadline = Date.now() + timeoutMs;
  for (let attempt = 0; ; attempt++) {
    const ms = Math.max(1, Math.min(TRY_MS, deadline - Date.now()));
    try {
      await withinTime(client.deleteStream(stream, { expectedRevision, deadline: ms }), ms);
      return true;
    } catch (error) {
      const answer = answerTo(error);
      if (answer !== undefined) return answer;
      if (!isUnsettled(error) && !(error instanceof EventStoreUnavailable)) throw error;
      if (Date.now() >= deadline) {
        const what = `The outcome of a deletion of ${stream} is unknown`;
        throw new EventStoreUnavailable(`${what} (${errorText(error)}); repeating it is safe.`, {
          cause: error,
        });
      }
      await pause(Math.min(backoffMs(attempt, RETRY), Math.max(0, deadline - Date.now())));
    }
  }
};
