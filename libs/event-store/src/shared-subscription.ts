import type { FeedOptions } from '#kernel';
import { LogTail, type TailLimits } from './log-tail.js';
import type { FeedItem } from './supervise-feed.js';
import { TailFeed } from './tail-feed.js';

/** Opens one subscription of its own to what comes after a position. */
export type OpenOwn = (
  options: Pick<FeedOptions, 'streamPrefixes' | 'maxBatch' | 'gatherMs'>,
  after: bigint | null,
  signal: AbortSignal,
) => AsyncIterable<FeedItem>;

const MAX_BATCH = 500;
/** Less than any feed gathers, which it adds to. */
const GATHER_MS = 20;

/**
 * One subscription to the log for all feeds of a process that have reached its head: each event comes over the wire and is
 * decoded once. A feed that catches up, lags behind or fails reads by a subscription of its own, so none waits for another.
 */
export class SharedSubscription {
  readonly #open: OpenOwn;
  readonly #limits: TailLimits | undefined;
  readonly #wanted = new Set<string>();
  #tail: LogTail | undefined;
  #stopping = new AbortController();
  #reading: Promise<void> = Promise.resolve();

  /** @param limits of what is kept for feeds that lag */
  constructor(open: OpenOwn, limits?: TailLimits) {
    this.#open = open;
    this.#limits = limits;
  }

  /** Makes known what a feed is going to want. */
  announce(streamPrefixes: readonly string[]): void {
    for (const prefix of streamPrefixes) this.#wanted.add(prefix);
  }

  /** The items of one feed: by itself until it is live, then from what is shared, for as long as it keeps pace. */
  async *items(options: FeedOptions, from: bigint | null, signal: AbortSignal): AsyncGenerator<FeedItem> {
    let position = from;
    while (!signal.aborted) {
      const alone = { position, tail: undefined as LogTail | undefined };
      yield* this.#alone(options, alone, signal);
      ({ position } = alone);
      // Without a tail its own subscription has ended. With one it was looked for before that was closed: both may have moved on.
      if (!alone.tail) return;
      if (!alone.tail.covers(position)) continue;
      const feed = new TailFeed(alone.tail, options, position);
      yield* this.#together(alone.tail, feed, signal);
      ({ position } = feed);
    }
  }

  /** Until it is live and what is shared begins no later than where it stands. */
  async *#alone(
    options: FeedOptions,
    at: { position: bigint | null; tail: LogTail | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<FeedItem> {
    let isLive = false;
    for await (const item of this.#open(options, at.position, signal)) {
      yield item;
      isLive ||= item.kind === 'caught-up';
      if (item.kind === 'batch') at.position = item.batch.position;
      // Only a batch tells where the head is: a feed whose streams are silent is caught up far behind it.
      if (!isLive || item.kind !== 'batch' || signal.aborted) continue;
      const tail = this.#tailFrom(at.position);
      if (!tail.covers(at.position)) continue;
      at.tail = tail;
      return;
    }
  }

  async *#together(tail: LogTail, feed: TailFeed, signal: AbortSignal): AsyncGenerator<FeedItem> {
    tail.users++;
    try {
      yield* feed.items(signal);
    } finally {
      tail.users--;
      if (tail.users === 0 && tail === this.#tail) this.#stop();
    }
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#reading;
  }

  /** The tail with everything that is wanted; begun where it is, or at `position` where there is none. */
  #tailFrom(position: bigint | null): LogTail {
    const tail = this.#tail;
    if (tail && tail.prefixes.length === this.#wanted.size) return tail;
    // One more feed wants more streams: those who follow the old tail come over when they have read up to here.
    this.#stop();
    return this.#begin(tail?.position ?? position);
  }

  #begin(after: bigint | null): LogTail {
    const tail = new LogTail([...this.#wanted], after, this.#limits);
    const stopping = new AbortController();
    this.#tail = tail;
    this.#stopping = stopping;
    const before = this.#reading;
    this.#reading = this.#read(tail, stopping.signal).then(() => before);
    return tail;
  }

  #stop(): void {
    this.#stopping.abort();
    this.#tail?.close();
    this.#tail = undefined;
  }

  async #read(tail: LogTail, signal: AbortSignal): Promise<void> {
    const options = { streamPrefixes: tail.prefixes, maxBatch: MAX_BATCH, gatherMs: GATHER_MS };
    try {
      for await (const item of this.#open(options, tail.position, signal)) {
        if (item.kind === 'batch') tail.add(item.batch.events, item.batch.position, item.bytes ?? 0);
      }
      tail.close(signal.aborted ? null : new Error('The event store ended the subscription.'));
    } catch (error) {
      tail.close(error);
    }
    if (this.#tail === tail) this.#tail = undefined;
  }
}
