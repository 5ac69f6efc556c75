import { KurrentDBClient, NO_STREAM } from '@kurrent/kurrentdb-client';
import { expect, it } from 'vitest';
import { collect, events } from './events.js';
import { serverUnderTest } from './server-under-test.js';

const server = serverUnderTest();

it('is found as the leader of a cluster of one', async () => {
  const url = server.url.replace(/^[a-z]+:\/\//u, 'kurrentdb+discover://');
  const client = KurrentDBClient.connectionString(url);
  try {
    const stream = server.stream();
    await client.appendToStream(stream, events(2), { streamState: NO_STREAM });
    expect(await collect(client.readStream(stream))).toHaveLength(2);
  } finally {
    await client.dispose();
  }
});
