import {
  type Appended,
  EventStore,
  type ExpectedRevision,
  type FeedItem,
  identifyLog,
  type NewEvent,
  proposedEvents,
  type ReadOptions,
  superviseFeed,
  WrongExpectedRevision,
} from '#event-store';
import type { EventBatch, Feed, FeedOptions, RecordedEvent } from '#kernel';

const MAX_BATCH = 200;
/** Positions are offsets with holes, as on a server. */
const POSITION_STEP = 64n;

/** The {@link EventStore} port in memory, for specs of what stands on it; it passes the port's own suite. */
export class InMemoryEventStore extends EventStore {
  readonly #log: RecordedEvent[] = [];
  readonly #firstVisible = new Map<string, bigint>();
  readonly #feeds = new Set<Feed>();
  #wake = new Set<() => void>();
  #logId: Promise<string> | undefined;

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    const proposed = proposedEvents(stream, expected, events);
    const stored = this.#everIn(stream);
    const next = BigInt(stored.length);
    const isFree = expected === 'no-stream' ? this.#streamOf(stream).length === 0 : expected + 1n === next;
    const already = proposed.map(({ id, revision }) =>
      stored.find((e) => e.id === id && e.revision === revision),
    );
    let recorded = already.filter((event) => event !== undefined);
    if (recorded.length !== proposed.length) {
      if (!isFree) throw new WrongExpectedRevision(stream, expected);
      recorded = proposed.map((event, index) => ({
        // Stored as JSON is, so that what a spec does to its objects afterwards cannot change the past.
        ...(JSON.parse(
          JSON.stringify({ ...event, revision: undefined, recordedAt: new Date().toISOString() }),
        ) as Omit<RecordedEvent, 'revision' | 'position'>),
        revision: next + BigInt(index),
        position: BigInt(this.#log.length + index + 1) * POSITION_STEP,
      }));
      this.#log.push(...recorded);
      for (const wake of this.#wake) wake();
    }
    const last = recorded.at(-1);
    if (!last) throw new RangeError('An append carries no event.');
    return {
      events: recorded,
      revision: last.revision,
      position: last.position,
      recorded: () => Promise.resolve(recorded),
    };
  }

  override async *readStream(
    stream: string,
    { direction = 'forwards', from, maxCount = Infinity }: ReadOptions = {},
  ): AsyncGenerator<RecordedEvent> {
    const stored = this.#streamOf(stream);
    const matching =
      direction === 'forwards'
        ? stored.filter(({ revision }) => revision >= (from ?? 0n))
        : stored.filter(({ revision }) => from === undefined || revision <= from).toReversed();
    yield* matching.slice(0, Math.min(maxCount, matching.length));
  }

  override async deleteStream(stream: string, expected: ExpectedRevision): Promise<void> {
    const last = this.#streamOf(stream).at(-1);
    if (!last) return;
    if (last.revision !== expected) throw new WrongExpectedRevision(stream, expected);
    this.#firstVisible.set(stream, last.revision + 1n);
  }

  override subscribeToAll(options: FeedOptions): Feed {
    const feed = superviseFeed(options, (after, signal) => this.#items(options, after, signal));
    this.#feeds.add(feed);
    return feed;
  }

  override async head(): Promise<bigint | null> {
    return this.#log.at(-1)?.position ?? null;
  }

  override async logId(): Promise<string> {
    this.#logId ??= identifyLog(this);
    return this.#logId;
  }

  override async ping(): Promise<void> {
    await this.head();
  }

  override async close(): Promise<void> {
    await Promise.all([...this.#feeds].map((feed) => feed.stop()));
  }

  #everIn(stream: string): readonly RecordedEvent[] {
    return this.#log.filter((event) => event.stream === stream);
  }

  #streamOf(stream: string): readonly RecordedEvent[] {
    const from = this.#firstVisible.get(stream) ?? 0n;
    return this.#everIn(stream).filter(({ revision }) => revision >= from);
  }

  async *#items(options: FeedOptions, after: bigint | null, signal: AbortSignal): AsyncGenerator<FeedItem> {
    let position = after;
    while (!signal.aborted) {
      const batch = this.#batchAfter(position, options);
      if (batch) {
        yield { kind: 'batch', batch };
        position = batch.position;
      } else {
        yield { kind: 'caught-up' };
        await this.#news(signal);
      }
    }
  }

  #batchAfter(
    position: bigint | null,
    { streamPrefixes, maxBatch = MAX_BATCH }: FeedOptions,
  ): EventBatch | undefined {
    const isOurs = ({ stream }: RecordedEvent) => streamPrefixes.some((prefix) => stream.startsWith(prefix));
    const following = this.#log.slice(
      this.#log.findLastIndex((event) => position !== null && event.position <= position) + 1,
    );
    const events = following.filter(isOurs).slice(0, maxBatch);
    const seen = events.length === maxBatch ? events.at(-1) : following.at(-1);
    return seen && { events, position: seen.position };
  }

  async #news(signal: AbortSignal): Promise<void> {
    const size = this.#log.length;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#wake.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake.add(wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted || this.#log.length > size) wake();
    });
  }
}
