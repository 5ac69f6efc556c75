import {
  type AppendResult,
  jsonEvent,
  type JSONType,
  MaxAppendSizeExceededError,
  NO_STREAM,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import { errorText } from '#kernel';
import { AppendLane } from './append-lane.js';
import { backoffMs, pause } from './backoff.js';
import {
  type ExpectedRevision,
  EventStoreUnavailable,
  WrongExpectedRevision,
  type WrittenEvent,
} from './event-store.js';
import { isUnsettled } from './kurrent-errors.js';
import { type Proposal, remainingMs } from './proposal.js';

/** One that hangs and is thrown away must not be the only one. */
const LANES = 2;
const RETRY = { firstMs: 50, maxMs: 1_000 };

const proposalOf = (
  stream: string,
  expected: ExpectedRevision,
  events: readonly WrittenEvent[],
  timeoutMs: number,
): Proposal => ({
  stream,
  streamState: expected === 'no-stream' ? NO_STREAM : expected,
  events: events.map(({ id, type, data, metadata }) =>
    jsonEvent({ id, type, data: data as JSONType, metadata: { ...metadata } }),
  ),
  deadline: Date.now() + timeoutMs,
});

/** Returns when the append is worth repeating. */
const giveUpOn = (error: unknown, proposal: Proposal): void => {
  if (error instanceof MaxAppendSizeExceededError) {
    throw new RangeError(`The event store takes ${error.maxAppendSize} bytes in one append.`, {
      cause: error,
    });
  }
  if (!isUnsettled(error) && !(error instanceof EventStoreUnavailable)) throw error;
  if (remainingMs(proposal) > 0) return;
  throw new EventStoreUnavailable(
    `The outcome of an append to ${proposal.stream} is unknown (${errorText(error)}); repeating it is safe.`,
    { cause: error },
  );
};

/** Appends until the outcome is known or the time is up. */
export class KurrentAppender {
  readonly #lanes: readonly AppendLane[];

  constructor(connectionString: string) {
    this.#lanes = Array.from({ length: LANES }, () => new AppendLane(connectionString));
  }

  /**
   * Repeats an append of unknown outcome with the same ids and the same expected revision until `timeoutMs` are over.
   * @throws {WrongExpectedRevision}
   * @throws {EventStoreUnavailable}
   * @throws {RangeError} the server accepts less than we do
   */
  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly WrittenEvent[],
    timeoutMs: number,
  ): Promise<AppendResult> {
    const proposal = proposalOf(stream, expected, events, timeoutMs);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#idlest().try(proposal);
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) throw new WrongExpectedRevision(stream, expected);
        giveUpOn(error, proposal);
        await pause(Math.min(backoffMs(attempt, RETRY), remainingMs(proposal)));
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #idlest(): AppendLane {
    return this.#lanes.reduce((best, lane) => (lane.load < best.load ? lane : best));
  }
}
