/** Metadata of every event of ours in the log; JSON only, no secret. */
export interface EventMetadata {
  /** Id of the command that decided the event; two events of one command share it. */
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly tenantId: string | null;
  readonly actor: string | null;
  readonly traceparent: string | null;
}

/** One event as the log holds it. */
export interface RecordedEvent {
  /** UUID; deterministic for events that we write. */
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  /** Place in its stream: 0, 1, 2, … without holes. */
  readonly revision: bigint;
  /** Place in the whole log (`$all` commit position): strictly increasing, with holes. */
  readonly position: bigint;
  readonly data: unknown;
  readonly metadata: EventMetadata;
  /** ISO 8601 UTC, stamped by the server. */
  readonly recordedAt: string;
}

/** Some consecutive matching events of the log, oldest first, and how far the log was looked through. */
export interface EventBatch {
  /** May be empty: then nothing up to `position` matched. */
  readonly events: readonly RecordedEvent[];
  /** Everything up to and including this position was seen; the checkpoint to store once the batch is handled. */
  readonly position: bigint;
}

export interface FeedOptions {
  /** Deliver what comes after this position; `null`: from the beginning. */
  readonly after: bigint | null;
  /** Only streams whose name begins with one of these. */
  readonly streamPrefixes: readonly string[];
  /** Greatest number of events in one batch (default 200). */
  readonly maxBatch?: number;
  /**
   * While events come densely (200 a second) a batch begins no sooner after the one before (default 50 ms): what a batch costs
   * its handler, it costs the less often. A full batch does not wait.
   */
  readonly gatherMs?: number;
  /**
   * Called for one batch at a time. When it rejects, the feed counts as down, waits (backoff) and delivers again from
   * after the last batch that was handled. It ends for good when the rejection is a {@link StopFeed}.
   */
  handle(this: void, batch: EventBatch): Promise<void>;
  /** Told of every failure, with the delay until the next try. */
  onFailure?(this: void, error: unknown, retryInMs: number | null): void;
}

/** Thrown by a feed's handler that must not go on, for example because another copy moved its checkpoint. */
export class StopFeed extends Error {
  override readonly name = 'StopFeed';
}

/** A running, supervised subscription. */
export interface Feed {
  /** `catching-up` until the head was reached once; `down` while broken and waiting to try again. */
  status(): 'catching-up' | 'live' | 'down' | 'stopped';
  /** Position of the last handled batch. */
  position(): bigint | null;
  /** Lets the batch in hand end, then stops; resolves when nothing runs any more. */
  stop(): Promise<void>;
  /** Resolves when stopped, rejects with the {@link StopFeed} that ended it. */
  readonly done: Promise<void>;
}

/** What projections, reactors and publishers need of the log. */
export interface EventFeedSource {
  subscribeToAll(options: FeedOptions): Feed;
  /** Position of the newest event of the log, `null` when it is empty. */
  head(): Promise<bigint | null>;
  /** Random identity of this log, written into it when it was first used. */
  logId(): Promise<string>;
}
