import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventBatch, type EventMetadata, type FeedOptions, type RecordedEvent, StopFeed } from '#kernel';
import { type EventStore, type NewEvent, type ReadOptions, WrongExpectedRevision } from './event-store.js';
import { MAX_APPEND_BYTES, MAX_APPEND_EVENTS } from './proposed-events.js';

export const metadataOf = (commandId: string = randomUUID()): EventMetadata => ({
  commandId,
  correlationId: randomUUID(),
  causationId: null,
  tenantId: 'acme',
  actor: 'system',
  traceparent: null,
});

export const counted = (n: number, metadata = metadataOf()): NewEvent => ({
  type: 'Counted',
  data: { n },
  metadata,
});

export const collect = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

export const numbersOf = (events: readonly Pick<RecordedEvent, 'data'>[]): readonly number[] =>
  events.map(({ data }) => (data as { n: number }).n);

export const until = async (condition: () => unknown, timeoutMs = 15_000): Promise<void> => {
  await vi.waitUntil(condition, { timeout: timeoutMs, interval: 10 });
};

/** A category that no other test of any run uses. */
export const freshCategory = (): string => `t${randomUUID().replaceAll('-', '')}`;

/** What every {@link EventStore} promises. The log may be shared with others and hold anything. */
export const eventStoreSuite = (makeStore: () => Promise<EventStore> | EventStore): void => {
  let store: EventStore;
  let category: string;
  let stream: string;

  beforeEach(async () => {
    store = await makeStore();
    category = freshCategory();
    stream = `${category}-1`;
  });

  afterEach(async () => {
    await store.close();
  });

  const numbersIn = async (options: ReadOptions = {}) =>
    numbersOf(await collect(store.readStream(stream, options)));

  /** A feed of this test's own streams, and all that it was given. */
  const follow = (options: Partial<FeedOptions> = {}) => {
    const batches: EventBatch[] = [];
    const feed = store.subscribeToAll({
      after: null,
      streamPrefixes: [`${category}-`],
      handle: async (batch) => void batches.push(batch),
      ...options,
    });
    return { feed, batches, events: () => batches.flatMap(({ events }) => events) };
  };

  describe('append', () => {
    it('gives events contiguous revisions from 0 and the position of the last', async () => {
      const first = await store.append(stream, 'no-stream', [counted(0)]);
      const second = await store.append(stream, 0n, [counted(1), counted(2)]);
      expect(first.revision).toBe(0n);
      expect(second.revision).toBe(2n);
      expect(second.events.map(({ revision }) => revision)).toEqual([1n, 2n]);
      expect(second.position > first.position).toBe(true);
      const stored = await collect(store.readStream(stream));
      expect(stored.map(({ revision }) => revision)).toEqual([0n, 1n, 2n]);
      expect(stored.map(({ id }) => id)).toEqual([...first.events, ...second.events].map(({ id }) => id));
      expect(stored.at(-1)?.position).toBe(second.position);
    });

    it('stores type, data and metadata as they were given', async () => {
      const metadata = metadataOf();
      const data = { text: 'é – 漢 🏦', amount: '-12.30', none: null, list: [1, { deep: true }] };
      await store.append(stream, 'no-stream', [{ type: 'Described', data, metadata }]);
      const [event] = await collect(store.readStream(stream));
      expect(event).toMatchObject({ type: 'Described', stream, data, metadata });
      expect(new Date(event?.recordedAt ?? '').toISOString()).toBe(event?.recordedAt);
    });

    it('reads back what it wrote, with positions and times, when asked', async () => {
      const { recorded, position } = await store.append(stream, 'no-stream', [counted(0), counted(1)]);
      const events = await recorded();
      expect(events).toEqual(await collect(store.readStream(stream)));
      expect(events.at(-1)?.position).toBe(position);
    });

    it('refuses any other revision than the expected one, and writes nothing', async () => {
      await store.append(stream, 'no-stream', [counted(0)]);
      await expect(store.append(stream, 'no-stream', [counted(7)])).rejects.toThrow(WrongExpectedRevision);
      await expect(store.append(stream, 5n, [counted(7)])).rejects.toThrow(WrongExpectedRevision);
      await expect(store.append(`${category}-2`, 0n, [counted(7)])).rejects.toThrow(WrongExpectedRevision);
      expect(await numbersIn()).toEqual([0]);
    });

    it('recognises a repeat by its ids, even after later events, and writes nothing twice', async () => {
      const events = [counted(0), counted(1)];
      const first = await store.append(stream, 'no-stream', events);
      await store.append(stream, 1n, [counted(2)]);
      const again = await store.append(stream, 'no-stream', events);
      expect(again).toMatchObject({ revision: first.revision, position: first.position });
      expect(await numbersIn()).toEqual([0, 1, 2]);
    });

    it('lets one of two writers through', async () => {
      const results = await Promise.allSettled(
        [1, 2, 3, 4, 5].map((n) => store.append(stream, 'no-stream', [counted(n)])),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await collect(store.readStream(stream))).toHaveLength(1);
    });

    it('refuses an append that is empty, too long or too large', async () => {
      const large = { ...counted(0), data: { text: 'x'.repeat(MAX_APPEND_BYTES) } };
      const many = Array.from({ length: MAX_APPEND_EVENTS + 1 }, (_, n) => counted(n));
      await expect(store.append(stream, 'no-stream', [])).rejects.toThrow(RangeError);
      await expect(store.append(stream, 'no-stream', [large])).rejects.toThrow(RangeError);
      await expect(store.append(stream, 'no-stream', many)).rejects.toThrow(RangeError);
      expect(await collect(store.readStream(stream))).toEqual([]);
    });

    it('takes the largest append that is promised', async () => {
      const events = Array.from({ length: MAX_APPEND_EVENTS }, (_, n) => ({
        ...counted(n),
        data: { n, text: 'x'.repeat(1_700) },
      }));
      const { revision } = await store.append(stream, 'no-stream', events);
      expect(revision).toBe(BigInt(MAX_APPEND_EVENTS - 1));
      expect(await numbersIn()).toEqual(events.map(({ data }) => data.n));
    });
  });

  describe('readStream', () => {
    beforeEach(async () => {
      await store.append(
        stream,
        'no-stream',
        [0, 1, 2, 3, 4].map((n) => counted(n)),
      );
    });

    it('reads forwards and backwards, from a revision, up to a count', async () => {
      expect(await numbersIn({})).toEqual([0, 1, 2, 3, 4]);
      expect(await numbersIn({ from: 3n })).toEqual([3, 4]);
      expect(await numbersIn({ from: 1n, maxCount: 2 })).toEqual([1, 2]);
      expect(await numbersIn({ direction: 'backwards' })).toEqual([4, 3, 2, 1, 0]);
      expect(await numbersIn({ direction: 'backwards', maxCount: 1 })).toEqual([4]);
      expect(await numbersIn({ direction: 'backwards', from: 1n })).toEqual([1, 0]);
    });

    it('reads nothing beyond the end and of a stream that does not exist', async () => {
      expect(await numbersIn({ from: 5n })).toEqual([]);
      expect(await collect(store.readStream(`${category}-none`))).toEqual([]);
      expect(await collect(store.readStream(`${category}-none`, { direction: 'backwards' }))).toEqual([]);
    });
  });

  describe('deleteStream', () => {
    beforeEach(async () => {
      await store.append(stream, 'no-stream', [counted(0), counted(1), counted(2)]);
    });

    it('hides what the stream holds, and may be repeated', async () => {
      await store.append(`${category}-2`, 'no-stream', [counted(7)]);
      await store.deleteStream(stream, 2n);
      await store.deleteStream(stream, 2n);
      expect(await numbersIn()).toEqual([]);
      expect(await numbersIn({ direction: 'backwards' })).toEqual([]);
      expect(numbersOf(await collect(store.readStream(`${category}-2`)))).toEqual([7]);
    });

    it('is refused at any other revision, and hides nothing then', async () => {
      for (const expected of [0n, 1n, 3n, 'no-stream'] as const) {
        await expect(store.deleteStream(stream, expected)).rejects.toThrow(WrongExpectedRevision);
      }
      expect(await numbersIn()).toEqual([0, 1, 2]);
    });

    it('of a stream that there is not is a success', async () => {
      await store.deleteStream(`${category}-none`, 'no-stream');
      await store.deleteStream(`${category}-none`, 4n);
      await store.deleteStream(stream, 2n);
      await store.deleteStream(stream, 'no-stream');
      expect(await numbersIn()).toEqual([]);
    });

    it.each(['no-stream', 2n] as const)(
      'lets it be written anew from the next revision, expecting %s',
      async (expected) => {
        await store.deleteStream(stream, 2n);
        const written = await store.append(stream, expected, [counted(3), counted(4)]);
        expect(written.revision).toBe(4n);
        expect(written.events.map(({ revision }) => revision)).toEqual([3n, 4n]);
        expect(await written.recorded()).toEqual(await collect(store.readStream(stream)));
        expect(await numbersIn()).toEqual([3, 4]);
        expect(await numbersIn({ direction: 'backwards', maxCount: 1 })).toEqual([4]);
        await expect(store.append(stream, 'no-stream', [counted(5)])).rejects.toThrow(WrongExpectedRevision);
        await expect(store.deleteStream(stream, 2n)).rejects.toThrow(WrongExpectedRevision);
        await store.append(stream, 4n, [counted(5)]);
        expect(await numbersIn()).toEqual([3, 4, 5]);
      },
    );

    it('goes unnoticed by a feed, which sees what is written afterwards', async () => {
      const { feed, events } = follow();
      await until(() => events().length === 3);
      await store.deleteStream(stream, 2n);
      const { position } = await store.append(stream, 'no-stream', [counted(3)]);
      await until(() => (feed.position() ?? 0n) >= position);
      expect(events().map(({ revision }) => revision)).toEqual([0n, 1n, 2n, 3n]);
      expect(numbersOf(events())).toEqual([0, 1, 2, 3]);
    });
  });

  describe('subscribeToAll', () => {
    it('delivers the past and the present of the matching streams, in the order of the log', async () => {
      await store.append(stream, 'no-stream', [counted(0), counted(1)]);
      await store.append(`${freshCategory()}-1`, 'no-stream', [counted(99)]);
      const { feed, events } = follow();
      await until(() => feed.status() === 'live');
      await store.append(`${category}-2`, 'no-stream', [counted(2)]);
      await store.append(stream, 1n, [counted(3)]);
      await until(() => events().length === 4);
      expect(numbersOf(events())).toEqual([0, 1, 2, 3]);
      const positions = events().map(({ position }) => position);
      expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
      expect(events()[0]).toEqual((await collect(store.readStream(stream)))[0]);
    });

    it('begins after the given position', async () => {
      const { position } = await store.append(stream, 'no-stream', [counted(0), counted(1)]);
      await store.append(stream, 1n, [counted(2)]);
      const { events } = follow({ after: position });
      await until(() => events().length === 1);
      expect(numbersOf(events())).toEqual([2]);
    });

    it('reaches the head although the newest events are those of others', async () => {
      await store.append(stream, 'no-stream', [counted(0)]);
      const { feed, events } = follow();
      await until(() => feed.status() === 'live');
      for (const n of [1, 2, 3]) {
        const { position } = await store.append(`${freshCategory()}-1`, 'no-stream', [counted(n)]);
        await until(() => (feed.position() ?? 0n) >= position, 2_000);
      }
      expect(numbersOf(events())).toEqual([0]);
    });

    it('says how far it looked in a log where nothing matches', async () => {
      const { position } = await store.append(`${freshCategory()}-1`, 'no-stream', [counted(0)]);
      const { feed, batches } = follow();
      await until(() => (feed.position() ?? 0n) >= position);
      expect(feed.status()).toBe('live');
      expect(batches.at(-1)).toMatchObject({ events: [] });
      expect((await store.head()) ?? 0n).toBeGreaterThanOrEqual(position);
    });

    it('never gives more than maxBatch events at once, one handler call at a time', async () => {
      await store.append(
        stream,
        'no-stream',
        Array.from({ length: 50 }, (_, n) => counted(n)),
      );
      const sizes: number[] = [];
      const seen: number[] = [];
      let running = 0;
      follow({
        maxBatch: 7,
        handle: async ({ events }) => {
          running++;
          expect(running).toBe(1);
          // Long enough for more than a batch to arrive.
          await store.head();
          sizes.push(events.length);
          seen.push(...numbersOf(events));
          running--;
        },
      });
      await until(() => seen.length === 50);
      expect(Math.max(...sizes)).toBe(7);
      expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => n));
    });

    it('delivers again what the handler rejected, and says so', async () => {
      await store.append(stream, 'no-stream', [counted(0)]);
      const failures: unknown[] = [];
      let tries = 0;
      const { feed, events } = follow({
        handle: async (batch) => {
          if (batch.events.length > 0 && ++tries < 3) throw new Error('not now');
          accepted.push(...batch.events);
        },
        onFailure: (error, retryInMs) => failures.push([error, feed.status(), retryInMs === null]),
      });
      const accepted: RecordedEvent[] = [];
      await until(() => accepted.length === 1 && feed.status() === 'live');
      expect(tries).toBe(3);
      expect(failures).toEqual(Array.from({ length: 2 }, () => [new Error('not now'), 'down', false]));
      expect(events()).toEqual([]);
    });

    it('ends for good with the StopFeed of its handler', async () => {
      await store.append(stream, 'no-stream', [counted(0)]);
      const stop = new StopFeed('another copy runs');
      const failures: unknown[] = [];
      const { feed } = follow({
        handle: async () => {
          throw stop;
        },
        onFailure: (error, retryInMs) => failures.push([error, retryInMs]),
      });
      await expect(feed.done).rejects.toBe(stop);
      expect(feed.status()).toBe('stopped');
      expect(failures).toEqual([[stop, null]]);
      await feed.stop();
    });

    it('lets the batch in hand end when stopped', async () => {
      await store.append(stream, 'no-stream', [counted(0)]);
      const held: (() => void)[] = [];
      let handled = false;
      const { feed } = follow({
        handle: async ({ events }) => {
          if (events.length === 0) return;
          await new Promise<void>((resolve) => held.push(resolve));
          handled = true;
        },
      });
      await until(() => held.length === 1);
      const stopped = feed.stop();
      held[0]?.();
      await stopped;
      await feed.done;
      expect(handled).toBe(true);
      expect(feed.status()).toBe('stopped');
      expect(feed.position()).not.toBeNull();
    });
  });

  describe('the log', () => {
    it('has its head at the newest event', async () => {
      const { position } = await store.append(stream, 'no-stream', [counted(0), counted(1)]);
      expect(((await store.head()) ?? 0n) >= position).toBe(true);
    });

    it('has one identity, whoever asks first', async () => {
      const [one, two] = await Promise.all([store.logId(), store.logId()]);
      expect(one).toMatch(/^[0-9a-f-]{36}$/);
      expect(two).toBe(one);
    });

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
};
