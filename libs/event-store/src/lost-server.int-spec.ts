import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, startEventStore } from '#engines';
import { pause } from './backoff.js';
import { collect, counted, freshCategory, numbersOf, until } from './event-store.suite.js';
import { type Appended, EventStoreUnavailable } from './event-store.js';
import { KurrentEventStore } from './kurrent-event-store.js';

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

describe('KurrentEventStore and a server that goes away', () => {
  let dataDir: string;
  let node: Engine;
  let store: KurrentEventStore;

  const start = async (port: number): Promise<Engine> =>
    startEventStore({
      dataDir: join(dataDir, 'event-store'),
      port,
      logFile: join(dataDir, 'event-store.log'),
      entry: join(process.cwd(), 'dist/apps/embedded-event-store/src/main.js'),
    });

  const kill = async (): Promise<void> => {
    process.kill(node.pid, 'SIGKILL');
    await node.stop();
  };

  const restart = async (): Promise<void> => {
    node = await start(node.port);
  };

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'passerelle-lost-server-'));
    node = await start(0);
    store = new KurrentEventStore(node.url);
  });

  afterEach(async () => {
    process.kill(node.pid, 'SIGCONT');
    await store.close();
    await node.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each([20, 200])('writes each of %i appends exactly once across a kill and a restart', async (count) => {
    const category = freshCategory();
    await store.append(`${category}-first`, 'no-stream', [counted(0)]);
    const appends = upTo(count).map((n) => store.append(`${category}-${n}`, 'no-stream', [counted(n)]));
    await appends[0];
    await kill();
    await restart();
    const written: readonly Appended[] = await Promise.all(appends);
    expect(written.map(({ revision }) => revision)).toEqual(upTo(count).map(() => 0n));
    for (const n of upTo(count)) {
      expect(numbersOf(await collect(store.readStream(`${category}-${n}`)))).toEqual([n]);
    }
  });

  it('survives a kill while large appends wait to be sent, and writes each exactly once', async () => {
    const category = freshCategory();
    await store.append(`${category}-first`, 'no-stream', [counted(0)]);
    process.kill(node.pid, 'SIGSTOP');
    const text = 'x'.repeat(500_000);
    const appends = upTo(40).map((n) =>
      store.append(`${category}-${n}`, 'no-stream', [{ ...counted(n), data: { n, text } }]),
    );
    await pause(300);
    await kill();
    await restart();
    await Promise.all(appends);
    for (const n of upTo(40)) {
      expect(numbersOf(await collect(store.readStream(`${category}-${n}`)))).toEqual([n]);
    }
  });

  it('fails by its own timer while the server is frozen, and works again afterwards', async () => {
    const stream = `${freshCategory()}-1`;
    await store.append(stream, 'no-stream', [counted(0)]);
    process.kill(node.pid, 'SIGSTOP');
    const begun = performance.now();
    const event = counted(1);
    await expect(store.append(stream, 0n, [event], { timeoutMs: 700 })).rejects.toThrow(
      EventStoreUnavailable,
    );
    expect(performance.now() - begun).toBeLessThan(10_000);
    await expect(store.ping()).rejects.toThrow(EventStoreUnavailable);
    process.kill(node.pid, 'SIGCONT');
    await store.append(stream, 0n, [event]);
    expect(numbersOf(await collect(store.readStream(stream)))).toEqual([0, 1]);
  });

  it('fails by its own timer when the first append meets a frozen server', async () => {
    process.kill(node.pid, 'SIGSTOP');
    const stream = `${freshCategory()}-1`;
    const event = counted(0);
    const append = store.append(stream, 'no-stream', [event], { timeoutMs: 700 });
    await expect(append).rejects.toThrow(EventStoreUnavailable);
    process.kill(node.pid, 'SIGCONT');
    // The frozen server may still write the first append: the very same one again is no second.
    await store.append(stream, 'no-stream', [event]);
    expect(numbersOf(await collect(store.readStream(stream)))).toEqual([0]);
  });

  it('says that the log is unavailable when nobody listens, and recovers', async () => {
    const stream = `${freshCategory()}-1`;
    await kill();
    await expect(store.append(stream, 'no-stream', [counted(0)], { timeoutMs: 300 })).rejects.toThrow(
      EventStoreUnavailable,
    );
    await expect(collect(store.readStream(stream))).rejects.toThrow(EventStoreUnavailable);
    await expect(store.head()).rejects.toThrow(EventStoreUnavailable);
    await expect(store.ping()).rejects.toThrow(EventStoreUnavailable);
    await restart();
    await store.append(stream, 'no-stream', [counted(0)]);
    expect(numbersOf(await collect(store.readStream(stream)))).toEqual([0]);
  });

  it('keeps a feed going across a kill and a restart, without losing or doubling', async () => {
    const stream = `${freshCategory()}-1`;
    const failures: unknown[] = [];
    const seen: number[] = [];
    const feed = store.subscribeToAll({
      after: null,
      streamPrefixes: [stream],
      handle: async ({ events }) => void seen.push(...numbersOf(events)),
      onFailure: (error) => failures.push(error),
    });
    const write = async (from: number, to: number) => {
      for (let n = from; n < to; n++)
        await store.append(stream, n === 0 ? 'no-stream' : BigInt(n - 1), [counted(n)]);
    };
    await write(0, 20);
    await until(() => feed.status() === 'live' && seen.length === 20);
    for (const round of [1, 2]) {
      const writing = write(round * 20, round * 20 + 20);
      await kill();
      await until(() => feed.status() === 'down');
      await restart();
      await writing;
    }
    await until(() => feed.status() === 'live' && seen.length >= 60);
    expect(seen).toEqual(upTo(60));
    expect(failures.length).toBeGreaterThanOrEqual(2);
    await feed.stop();
  });

  it('notices that a feed hangs on a frozen server', async () => {
    const stream = `${freshCategory()}-1`;
    await store.append(stream, 'no-stream', [counted(0)]);
    const seen: number[] = [];
    const feed = store.subscribeToAll({
      after: null,
      streamPrefixes: [stream],
      handle: async ({ events }) => void seen.push(...numbersOf(events)),
    });
    await until(() => feed.status() === 'live');
    process.kill(node.pid, 'SIGSTOP');
    await until(() => feed.status() === 'down', 25_000);
    process.kill(node.pid, 'SIGCONT');
    await store.append(stream, 0n, [counted(1)]);
    await until(() => feed.status() === 'live' && seen.length === 2, 25_000);
    expect(seen).toEqual([0, 1]);
    await feed.stop();
  }, 60_000);

  it('stops a feed that waits for a server', async () => {
    const feed = store.subscribeToAll({ after: null, streamPrefixes: ['x-'], handle: async () => undefined });
    await kill();
    await until(() => feed.status() === 'down');
    await feed.stop();
    expect(feed.status()).toBe('stopped');
    await restart();
  });
});
