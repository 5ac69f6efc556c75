import type { EventFeedSource, EventMetadata, Feed, FeedOptions, RecordedEvent } from '#kernel';

/** An event that is to be written: its id is derived from its place and content by the store (see `event-id.ts`). */
export interface NewEvent {
  readonly type: string;
  /** Plain JSON: ISO strings, decimal strings, no `Date`, no class, no secret. */
  readonly data: object;
  readonly metadata: EventMetadata;
}

/** The revision that the stream must have: its last event's, or `no-stream`, which a deleted one is too. There is no "any". */
export type ExpectedRevision = bigint | 'no-stream';

/**
 * An event that was just written. The server tells neither its time nor, but for the last event of an append, its
 * position; positions are offsets with holes, so they are left out here instead of being guessed: see
 * {@link Appended.recorded}.
 */
export type WrittenEvent = Omit<RecordedEvent, 'position' | 'recordedAt'>;

export interface Appended {
  /** The events just written (or found already written by the same bytes), with their ids and revisions. */
  readonly events: readonly WrittenEvent[];
  /** Revision of the stream after the append. */
  readonly revision: bigint;
  /** Log position of the last written event. */
  readonly position: bigint;
  /**
   * The same events with position and time, read back from the log: one more call, made only when asked for.
   * @throws {EventStoreUnavailable} they are written all the same
   */
  recorded(this: void): Promise<readonly RecordedEvent[]>;
}

/** The stream is not at the expected revision: read again and decide again. */
export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
  ) {
    super(`Stream ${stream} is not at the expected revision ${expected}.`);
  }
}

/**
 * The log did not answer, or not in time. An append that ends so has an unknown outcome: `append` itself has already
 * repeated it with the same ids and the same expected revision for as long as its time allowed.
 */
export class EventStoreUnavailable extends Error {
  override readonly name = 'EventStoreUnavailable';
}

export interface ReadOptions {
  /** First revision to deliver; default 0 (forwards), the end (backwards). */
  readonly from?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  readonly maxCount?: number;
}

/** The log, as the services see it: the port in front of EventStoreDB / KurrentDB. */
export abstract class EventStore implements EventFeedSource {
  /**
   * Appends all events or none, at exactly the expected revision. At most 1 MiB (data + metadata) and 500 events.
   * @throws {WrongExpectedRevision} somebody else wrote first; nothing was written
   * @throws {EventStoreUnavailable} outcome unknown after the repeats
   * @throws {RangeError} the append is too large or empty
   */
  abstract append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    options?: { readonly timeoutMs?: number },
  ): Promise<Appended>;

  /** Events of one stream; nothing when it does not exist. Stopping early (`break`) releases the call. */
  abstract readStream(stream: string, options?: ReadOptions): AsyncIterable<RecordedEvent>;

  /**
   * Hides all that the stream holds, as if it had never been. Whoever writes to it again, expecting `no-stream` or its last
   * revision, goes on with the next one. A stream that is not there, or not any more, is a success: a repeat is harmless.
   * Subscriptions to the whole log may show the old events until the server reclaims their space.
   * @param expected the revision that it must have; `no-stream` succeeds only where there is nothing to hide
   * @throws {WrongExpectedRevision} it has other events than that; nothing was hidden
   * @throws {EventStoreUnavailable} outcome unknown after the repeats
   */
  abstract deleteStream(stream: string, expected: ExpectedRevision): Promise<void>;

  /** A supervised subscription to the whole log: resubscribes by itself from the last handled batch. */
  abstract subscribeToAll(options: FeedOptions): Feed;

  abstract head(): Promise<bigint | null>;

  abstract logId(): Promise<string>;

  /** Resolves when the log answers a read; rejects with {@link EventStoreUnavailable} otherwise. For health checks. */
  abstract ping(): Promise<void>;

  abstract close(): Promise<void>;
}
