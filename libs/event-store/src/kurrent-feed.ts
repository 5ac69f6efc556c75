import type { KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { FeedOptions, RecordedEvent } from '#kernel';
import { GATHER_MS, MAX_BATCH, MAX_BATCH_BYTES } from './batch-limits.js';
import { Flow } from './flow.js';
import type { HeadWatch } from './head-watch.js';
import { readEvents } from './kurrent-read.js';
import { KurrentSubscription } from './kurrent-subscription.js';
import type { FeedItem } from './supervise-feed.js';

const CONFIRMATION_MS = 10_000;
/** How long a matching event may stand in the log before a subscription that is silent about it counts as dead. */
const SILENCE_MS = 10_000;
const READ_MS = 10_000;
/** How often an idle feed compares itself with the head; sooner after an append of this process. */
const CHECK_MS = 500;
const CHECK_AFTER_APPEND_MS = 30;
const CHECK_GAP_MS = 250;

interface Taken {
  readonly events: readonly RecordedEvent[];
  readonly position: bigint | null;
  readonly confirmed: boolean;
  readonly caughtUp: boolean;
  readonly bytes: number;
}

/** What is there already, up to the limits of a batch or to the mark that the head was reached. */
const take = (subscription: KurrentSubscription, maxBatch: number): Taken => {
  const events: RecordedEvent[] = [];
  let [position, confirmed, caughtUp, bytes]: [bigint | null, boolean, boolean, number] = [
    null,
    false,
    false,
    0,
  ];
  while (!caughtUp && events.length < maxBatch && bytes < MAX_BATCH_BYTES) {
    const message = subscription.read();
    if (!message) break;
    switch (message.kind) {
      case 'event':
        events.push(message.event);
        bytes += message.bytes;
        position = message.event.position;
        break;
      case 'seen':
        position = message.position;
        break;
      case 'confirmed':
        confirmed = true;
        break;
      case 'caught-up':
        caughtUp = true;
        break;
    }
  }
  return { events, position, confirmed, caughtUp, bytes };
};

/**
 * One subscription of a feed. A filtered subscription that is live hears of other streams' events only in checkpoints,
 * one for every 256 of them, so its position would stay behind the head. An idle one therefore compares itself with
 * the head twice a second, and 30 ms after an append of this process: when a filtered read finds no matching event
 * between the two, everything up to the head was seen. When it finds one that does not come, the subscription is dead.
 */
export class KurrentFeed {
  readonly #subscription: KurrentSubscription;
  readonly #openedAt = Date.now();
  readonly #flow: Flow;
  #position: bigint | null;
  #confirmed = false;
  #live = false;
  #lastCheckAt = 0;
  #checkAt = Date.now() + CHECK_MS;
  #silentSince: number | undefined;

  constructor(
    readonly client: KurrentDBClient,
    readonly head: HeadWatch,
    readonly options: Pick<FeedOptions, 'streamPrefixes' | 'maxBatch' | 'gatherMs'>,
    after: bigint | null,
  ) {
    this.#position = after;
    const { streamPrefixes, maxBatch = MAX_BATCH } = options;
    this.#flow = new Flow(options.gatherMs);
    this.#subscription = new KurrentSubscription(client, after, streamPrefixes, maxBatch);
  }

  async *items(signal: AbortSignal): AsyncGenerator<FeedItem> {
    const wake = () => this.#subscription.wake();
    const unwatch = this.head.onAppended(() => this.#expectMore());
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        const taken = take(this.#subscription, this.options.maxBatch ?? MAX_BATCH);
        const items = [...this.#itemsOf(taken)];
        const began = Date.now();
        this.#flow.note(taken.events.length, began);
        yield* items;
        if (this.#flow.isDense)
          await this.#subscription.gather(began + (this.options.gatherMs ?? GATHER_MS), signal);
        if (items.length === 0 && !taken.confirmed) yield* this.#idle();
      }
    } finally {
      signal.removeEventListener('abort', wake);
      unwatch();
      await this.#subscription.close();
    }
  }

  *#itemsOf({ events, position, confirmed, caughtUp, bytes }: Taken): Generator<FeedItem> {
    this.#confirmed ||= confirmed;
    if (position !== null && (this.#position === null || position > this.#position)) {
      this.#silentSince = undefined;
      this.#checkAt = Date.now() + CHECK_MS;
      this.#position = position;
      yield { kind: 'batch', batch: { events, position }, bytes };
    }
    if (caughtUp) yield* this.#reachedHead();
  }

  *#reachedHead(): Generator<FeedItem> {
    if (this.#live) return;
    this.#live = true;
    yield { kind: 'caught-up' };
  }

  async *#idle(): AsyncGenerator<FeedItem> {
    if (!this.#confirmed) {
      const leftMs = this.#openedAt + CONFIRMATION_MS - Date.now();
      if (leftMs <= 0) throw new Error(`The subscription was not confirmed within ${CONFIRMATION_MS} ms.`);
      await this.#subscription.wait(leftMs);
      return;
    }
    const waitMs = this.#checkAt - Date.now();
    if (waitMs > 0) await this.#subscription.wait(waitMs);
    else yield* this.#compareWithHead();
  }

  async *#compareWithHead(): AsyncGenerator<FeedItem> {
    this.#lastCheckAt = Date.now();
    this.#checkAt = this.#lastCheckAt + CHECK_MS;
    const head = await this.head.head();
    if (head === null || (this.#position !== null && this.#position >= head))
      return yield* this.#reachedHead();
    if (await this.#matchesUpTo(head)) return this.#missing();
    if (this.#subscription.hasMore) return;
    this.#position = head;
    this.#silentSince = undefined;
    yield { kind: 'batch', batch: { events: [], position: head } };
    yield* this.#reachedHead();
  }

  async #matchesUpTo(head: bigint): Promise<boolean> {
    const after = this.#position;
    const read = {
      from: after ?? 'start',
      direction: 'forwards',
      // The event at our own position is read again.
      maxCount: 2,
      streamPrefixes: this.options.streamPrefixes,
    } as const;
    for await (const { event } of readEvents(this.client, read, READ_MS)) {
      const position = event?.position?.commit;
      if (position !== undefined && (after === null || position > after) && position <= head) return true;
    }
    return false;
  }

  #missing(): void {
    const now = Date.now();
    this.#silentSince ??= now;
    if (this.#subscription.hasMore || now - this.#silentSince < SILENCE_MS) return;
    throw new Error(`The subscription is silent about an event that the log has had for ${SILENCE_MS} ms.`);
  }

  #expectMore(): void {
    const soon = Math.max(Date.now() + CHECK_AFTER_APPEND_MS, this.#lastCheckAt + CHECK_GAP_MS);
    if (soon >= this.#checkAt) return;
    this.#checkAt = soon;
    this.#subscription.wake();
  }
}
