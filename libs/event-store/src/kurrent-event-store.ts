import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { Feed, FeedOptions, RecordedEvent } from '#kernel';
import {
  type Appended,
  EventStore,
  type ExpectedRevision,
  type NewEvent,
  type ReadOptions,
  WrongExpectedRevision,
  type WrittenEvent,
} from './event-store.js';
import { HeadWatch } from './head-watch.js';
import { KurrentAppender } from './kurrent-appender.js';
import { hideStream } from './kurrent-delete.js';
import { KurrentFeed } from './kurrent-feed.js';
import { readEvents } from './kurrent-read.js';
import { toRecordedEvent } from './kurrent-record.js';
import { identifyLog } from './log-identity.js';
import { proposedEvents } from './proposed-events.js';
import { SharedSubscription } from './shared-subscription.js';
import { superviseFeed } from './supervise-feed.js';

const APPEND_MS = 10_000;
const READ_MS = 10_000;
const PING_MS = 2_000;

/** A deleted stream counts as `no-stream`, but its numbers go on: only the answer tells where the events stand. */
const standingAt = (proposed: readonly WrittenEvent[], last: bigint): readonly WrittenEvent[] => {
  const first = last + 1n - BigInt(proposed.length);
  if (proposed[0]?.revision === first) return proposed;
  return proposed.map((event, index) => ({ ...event, revision: first + BigInt(index) }));
};

/** {@link EventStore} on EventStoreDB 23.10+ / KurrentDB, or the embedded node, which speaks the same protocol. */
export class KurrentEventStore extends EventStore {
  readonly #client: KurrentDBClient;
  readonly #appender: KurrentAppender;
  readonly #head: HeadWatch;
  readonly #feeds = new Set<Feed>();
  readonly #shared: SharedSubscription;
  #logId: Promise<string> | undefined;

  /** @param connectionString `kurrentdb://…` or `esdb://…`; nothing is opened before the first call */
  constructor(connectionString: string) {
    super();
    this.#client = KurrentDBClient.connectionString(connectionString);
    this.#appender = new KurrentAppender(connectionString);
    this.#head = new HeadWatch(() => this.head());
    this.#shared = new SharedSubscription((options, after, signal) =>
      new KurrentFeed(this.#client, this.#head, options, after).items(signal),
    );
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    news: readonly NewEvent[],
    { timeoutMs = APPEND_MS }: { readonly timeoutMs?: number } = {},
  ): Promise<Appended> {
    const proposed = proposedEvents(stream, expected, news);
    const { nextExpectedRevision: revision, position } = await this.#appender.append(
      stream,
      expected,
      proposed,
      timeoutMs,
    );
    if (!position)
      throw new Error(`The event store took an append to ${stream} but told no position for it.`);
    this.#head.appended();
    const events = standingAt(proposed, revision);
    const from = events[0]?.revision ?? 0n;
    return {
      events,
      revision,
      position: position.commit,
      recorded: () => this.#readBack(stream, from, events.length),
    };
  }

  override async *readStream(stream: string, options: ReadOptions = {}): AsyncGenerator<RecordedEvent> {
    const { direction = 'forwards', maxCount } = options;
    const from: bigint | 'start' | 'end' = options.from ?? (direction === 'forwards' ? 'start' : 'end');
    const read = { stream, direction, from, maxCount };
    for await (const { event } of readEvents(this.#client, read, READ_MS)) {
      const recorded = toRecordedEvent(event);
      if (recorded) yield recorded;
    }
  }

  override async deleteStream(stream: string, expected: ExpectedRevision): Promise<void> {
    if (expected !== 'no-stream' && (await hideStream(this.#client, stream, expected, APPEND_MS))) {
      return this.#head.appended();
    }
    for await (const _ of this.readStream(stream, { direction: 'backwards', maxCount: 1 })) {
      throw new WrongExpectedRevision(stream, expected);
    }
  }

  override subscribeToAll(options: FeedOptions): Feed {
    const feed = superviseFeed(options, (after, signal) => this.#shared.items(options, after, signal));
    this.#shared.announce(options.streamPrefixes);
    this.#feeds.add(feed);
    const forget = () => this.#feeds.delete(feed);
    feed.done.then(forget, forget);
    return feed;
  }

  override async head(): Promise<bigint | null> {
    return this.#readHead(READ_MS);
  }

  override async logId(): Promise<string> {
    this.#logId ??= identifyLog(this).catch((error: unknown) => {
      this.#logId = undefined;
      throw error;
    });
    return this.#logId;
  }

  override async ping(): Promise<void> {
    await this.#readHead(PING_MS);
  }

  /** Stops the feeds after the batches in hand, then lets the connections go. */
  override async close(): Promise<void> {
    await Promise.all([...this.#feeds].map((feed) => feed.stop()));
    await this.#shared.close();
    await Promise.all([this.#appender.close(), this.#client.dispose()]);
  }

  async #readBack(stream: string, from: bigint, maxCount: number): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const event of this.readStream(stream, { from, maxCount })) events.push(event);
    return events;
  }

  async #readHead(silenceMs: number): Promise<bigint | null> {
    const read = { from: 'end', direction: 'backwards', maxCount: 1 } as const;
    for await (const { event } of readEvents(this.#client, read, silenceMs)) {
      return event?.position?.commit ?? null;
    }
    return null;
  }
}
