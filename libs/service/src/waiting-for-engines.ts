import { EventStoreUnavailable } from '#event-store';
import { NatsUnavailable, RetryLater } from '#messaging';
import { DatabaseUnavailable } from '#read-model';

const LOOK_AGAIN_MS = 2_000;

const isAway = (error: unknown): boolean =>
  error instanceof EventStoreUnavailable ||
  error instanceof DatabaseUnavailable ||
  error instanceof NatsUnavailable;

/**
 * A durable command whose engines are away has not failed, it has not been tried: it comes back when they may be there
 * again, and an outage of any length uses up none of its attempts.
 */
export const waitingForEngines = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!isAway(error)) throw error;
    throw new RetryLater(LOOK_AGAIN_MS, 'An engine is away; tried again when it may be back.', {
      cause: error,
    });
  }
};
