import { PassThrough } from 'node:stream';
import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { describe, expect, it } from 'vitest';
import { engineUrls } from '#testing';
import { collect, counted, freshCategory } from './event-store.suite.js';
import { HeadWatch } from './head-watch.js';
import { KurrentEventStore } from './kurrent-event-store.js';
import { KurrentFeed } from './kurrent-feed.js';

/** The node behind it is real; only the subscription says no more than this, as no server can be told to. */
const clientThatOnly = (says: readonly string[]): KurrentDBClient => {
  const client = KurrentDBClient.connectionString(engineUrls().eventStoreUrl);
  const subscribeToAll = () => {
    const silent = Object.assign(new PassThrough({ objectMode: true }), {
      unsubscribe: async () => undefined,
    });
    setImmediate(() => {
      for (const word of says) silent.emit(word);
    });
    return silent;
  };
  return Object.assign(client, { subscribeToAll });
};

const follow = async (says: readonly string[]) => {
  const store = new KurrentEventStore(engineUrls().eventStoreUrl);
  const category = freshCategory();
  await store.append(`${category}-1`, 'no-stream', [counted(0)]);
  const client = clientThatOnly(says);
  const options = { after: null, streamPrefixes: [`${category}-`], handle: async () => undefined };
  const feed = new KurrentFeed(client, new HeadWatch(() => store.head()), options, null);
  try {
    return await collect(feed.items(new AbortController().signal));
  } finally {
    await client.dispose();
    await store.close();
  }
};

describe.concurrent('KurrentFeed on a subscription that is silent', () => {
  it('gives it up when it is not confirmed', async () => {
    await expect(follow([])).rejects.toThrow('not confirmed');
  });

  it('gives it up when the log holds an event that it keeps back', async () => {
    await expect(follow(['confirmation', 'caughtUp'])).rejects.toThrow('silent about an event');
  });
});
