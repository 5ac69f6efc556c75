import { describe, expect, it } from 'vitest';
import type { FeedOptions } from '#kernel';
import { until } from './event-store.suite.js';
import { type FeedItem, type OpenSubscription, superviseFeed } from './supervise-feed.js';

const batchAt = (position: bigint): FeedItem => ({ kind: 'batch', batch: { events: [], position } });
const CAUGHT_UP: FeedItem = { kind: 'caught-up' };

/** Subscriptions that deliver these items and then break; the last one waits to be stopped. */
const scripted = (...scripts: (readonly FeedItem[])[]) => {
  const openedAfter: (bigint | null)[] = [];
  const open: OpenSubscription = async function* (after, signal) {
    openedAfter.push(after);
    yield* scripts[openedAfter.length - 1] ?? [];
    if (openedAfter.length < scripts.length) throw new Error('broken');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  return { open, openedAfter };
};

const options = (more: Partial<FeedOptions> = {}): FeedOptions => ({
  after: null,
  streamPrefixes: ['x-'],
  handle: async () => undefined,
  ...more,
});

describe('superviseFeed', () => {
  it('opens a new subscription after the last handled batch when one breaks or ends', async () => {
    const { open, openedAfter } = scripted([batchAt(1n), batchAt(2n)], [], [batchAt(3n), CAUGHT_UP]);
    const delays: (number | null)[] = [];
    const feed = superviseFeed(options({ onFailure: (_, retryInMs) => delays.push(retryInMs) }), open);
    await until(() => feed.status() === 'live');
    expect(openedAfter).toEqual([null, 2n, 2n]);
    expect(feed.position()).toBe(3n);
    expect(delays[0]).toBeGreaterThanOrEqual(50);
    expect(delays[0]).toBeLessThanOrEqual(100);
    expect(delays[1]).toBeGreaterThanOrEqual(100);
    await feed.stop();
    await feed.done;
    expect(feed.status()).toBe('stopped');
  });

  it('keeps waiting longer for a handler that fails every time, also when it is caught up in between', async () => {
    const script = [CAUGHT_UP, batchAt(1n)];
    const { open } = scripted(script, script, script, script);
    const delays: number[] = [];
    const feed = superviseFeed(
      options({
        handle: async () => {
          throw new Error('database gone');
        },
        onFailure: (_, retryInMs) => delays.push(retryInMs ?? -1),
      }),
      open,
    );
    await until(() => delays.length === 4);
    expect(delays[3]).toBeGreaterThanOrEqual(400);
    expect(feed.position()).toBeNull();
    await feed.stop();
  });

  it('gives the failure of the handler itself to onFailure', async () => {
    const failure = new Error('database gone');
    const seen: unknown[] = [];
    const { open } = scripted([batchAt(1n)], []);
    const handle = async () => {
      throw failure;
    };
    const feed = superviseFeed(options({ handle, onFailure: (error) => seen.push(error) }), open);
    await until(() => seen.length === 1);
    expect(seen[0]).toBe(failure);
    await feed.stop();
  });

  it('stops while it waits for the next try', async () => {
    const { open } = scripted([], []);
    const feed = superviseFeed(options(), open);
    await until(() => feed.status() === 'down');
    await feed.stop();
    expect(feed.status()).toBe('stopped');
  });

  it('refuses a feed that could not match anything', () => {
    expect(() => superviseFeed(options({ streamPrefixes: [] }), scripted([]).open)).toThrow(RangeError);
  });
});
