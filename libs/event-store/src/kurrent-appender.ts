import {
  type AppendResult,
  type EventData,
  jsonEvent,
  type JSONType,
  KurrentDBClient,
  MaxAppendSizeExceededError,
  NO_STREAM,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import { errorText } from '#kernel';
import { backoffMs, pause } from './backoff.js';
import {
  type ExpectedRevision,
  EventStoreUnavailable,
  WrongExpectedRevision,
  type WrittenEvent,
} from './event-store.js';
import { Gate } from './gate.js';
import { isStuck, isUnsettled } from './kurrent-errors.js';
import { withinTime } from './within-time.js';

/**
 * All appends of one client share one duplex call. Client 1.3.1 crashes the process (an unhandled rejection) when that
 * call breaks while writes wait for it to drain, which begins with the sixteenth unsent message.
 */
const IN_FLIGHT = 15;
/** One try; a connection that hangs is given up after this, so that a new one can be tried within the time. */
const TRY_MS = 4_000;
const RETRY = { firstMs: 50, maxMs: 1_000 };

const DISPOSE_MS = 1_000;

interface Proposal {
  readonly stream: string;
  readonly streamState: typeof NO_STREAM | bigint;
  readonly events: readonly EventData[];
  /** Milliseconds of the epoch. */
  readonly deadline: number;
}

const remaining = ({ deadline }: Proposal): number => Math.max(0, deadline - Date.now());

/** Returns when the append is worth repeating. */
const giveUpOn = (error: unknown, proposal: Proposal): void => {
  if (error instanceof MaxAppendSizeExceededError) {
    throw new RangeError(`The event store takes ${error.maxAppendSize} bytes in one append.`, {
      cause: error,
    });
  }
  if (!isUnsettled(error) && !(error instanceof EventStoreUnavailable)) throw error;
  if (remaining(proposal) > 0) return;
  throw new EventStoreUnavailable(
    `The outcome of an append to ${proposal.stream} is unknown (${errorText(error)}); repeating it is safe.`,
    { cause: error },
  );
};

/** Appends over a connection of its own, which it can throw away without touching reads and subscriptions. */
export class KurrentAppender {
  #client: KurrentDBClient;
  readonly #gate = new Gate(IN_FLIGHT);

  constructor(readonly connectionString: string) {
    this.#client = KurrentDBClient.connectionString(connectionString);
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
    const proposal: Proposal = {
      stream,
      streamState: expected === 'no-stream' ? NO_STREAM : expected,
      events: events.map(({ id, type, data, metadata }) =>
        jsonEvent({ id, type, data: data as JSONType, metadata: { ...metadata } }),
      ),
      deadline: Date.now() + timeoutMs,
    };
    for (let attempt = 0; ; attempt++) {
      try {
        return await withinTime(
          this.#gate.run(() => this.#try(proposal)),
          remaining(proposal),
        );
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) throw new WrongExpectedRevision(stream, expected);
        giveUpOn(error, proposal);
        await pause(Math.min(backoffMs(attempt, RETRY), remaining(proposal)));
      }
    }
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }

  async #try(proposal: Proposal): Promise<AppendResult> {
    const client = this.#client;
    const ms = Math.min(TRY_MS, remaining(proposal));
    // It waited at the gate for too long: its caller was already told that it failed.
    if (ms <= 0) throw new EventStoreUnavailable('The time of the append was over before it was sent.');
    const { stream, streamState, events } = proposal;
    try {
      return await withinTime(client.appendToStream(stream, [...events], { streamState, deadline: ms }), ms);
    } catch (error) {
      if (error instanceof EventStoreUnavailable || isStuck(error)) await this.#replace(client);
      throw error;
    }
  }

  /** Appends that are under way on the old client fail as unsettled, and are repeated on the new one. */
  async #replace(failed: KurrentDBClient): Promise<void> {
    if (this.#client !== failed) return;
    this.#client = KurrentDBClient.connectionString(this.connectionString);
    await withinTime(failed.dispose(), DISPOSE_MS).catch(() => undefined);
  }
}
