import { describe, expect, it } from 'vitest';
import { engineUrls } from '#testing';
import { pause } from './backoff.js';
import { collect, counted, eventStoreSuite, freshCategory, numbersOf, until } from './event-store.suite.js';
import { KurrentEventStore } from './kurrent-event-store.js';

const open = () => new KurrentEventStore(engineUrls().eventStoreUrl);

describe('KurrentEventStore', () => {
  eventStoreSuite(open);
});

describe('KurrentEventStore, reading', () => {
  it('releases a read that is left early, two hundred times', async () => {
    const store = open();
    const stream = `${freshCategory()}-1`;
    for (let revision = -1n; revision < 1_999n; revision += 500n) {
      const events = Array.from({ length: 500 }, (_, n) => ({
        ...counted(n),
        data: { n, text: 'x'.repeat(300) },
      }));
      await store.append(stream, revision < 0n ? 'no-stream' : revision, events);
    }
    for (let round = 0; round < 200; round++) {
      for await (const { revision } of store.readStream(stream)) if (revision === 2n) break;
    }
    const started = performance.now();
    expect(await collect(store.readStream(stream))).toHaveLength(2_000);
    expect(performance.now() - started).toBeLessThan(5_000);
    await store.close();
  });

  it.each([{}, { maxCount: 1 }, { maxCount: 1, direction: 'backwards' as const }])(
    'closes at once after a read was left early that had come to its end meanwhile: %j',
    async (options) => {
      const store = open();
      const stream = `${freshCategory()}-1`;
      await store.append(stream, 'no-stream', [counted(0), counted(1)]);
      for await (const _ of store.readStream(stream, options)) {
        await pause(50);
        break;
      }
      const closed = store.close().then(() => 'closed');
      expect(await Promise.race([closed, pause(5_000)])).toBe('closed');
    },
  );
});

describe('KurrentEventStore, its identity', () => {
  it('is the same for every client of one log', async () => {
    const stores = [open(), open(), open()];
    const ids = await Promise.all(stores.map((store) => store.logId()));
    expect(new Set(ids).size).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('KurrentEventStore, feeding a slow handler', () => {
  it('gathers batches of bounded size, without a hole', async () => {
    const store = open();
    const stream = `${freshCategory()}-1`;
    const text = 'x'.repeat(100_000);
    for (let n = 0; n < 100; n++) {
      await store.append(stream, n === 0 ? 'no-stream' : BigInt(n - 1), [
        { ...counted(n), data: { n, text } },
      ]);
    }
    const seen: number[] = [];
    const sizes: number[] = [];
    const feed = store.subscribeToAll({
      after: null,
      streamPrefixes: [stream],
      handle: async ({ events }) => {
        await pause(50);
        seen.push(...numbersOf(events));
        sizes.push(events.length);
      },
    });
    await until(() => seen.length >= 100);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(Math.max(...sizes)).toBeGreaterThan(10);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(22);
    await feed.stop();
    await store.close();
  });
});
