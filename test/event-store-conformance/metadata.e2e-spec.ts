import {
  ANY,
  BACKWARDS,
  END,
  jsonEvent,
  NO_STREAM,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import { describe, expect, it, vi } from 'vitest';
import { collect, events, numbers } from './events.js';
import { serverUnderTest } from './server-under-test.js';

const server = serverUnderTest();

const streamOf = async (count: number): Promise<string> => {
  const stream = server.stream();
  await server.client.appendToStream(stream, events(count), { streamState: NO_STREAM });
  return stream;
};

const keepTwo = () => jsonEvent({ type: '$metadata', data: { $maxCount: 2 } });

describe('metadata of a stream', () => {
  it('is absent, then what was set last', async () => {
    const stream = await streamOf(1);
    expect((await server.client.getStreamMetadata(stream)).metadata).toBeUndefined();
    await server.client.setStreamMetadata(stream, { maxCount: 7, owner: 'ledger' });
    await server.client.setStreamMetadata(stream, { maxCount: 9 });
    expect((await server.client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 9 });
    expect(await collect(server.client.readStream(`$$${stream}`))).toHaveLength(1);
  });

  // `setStreamMetadata` of client 1.3.1 hands its `expectedRevision` to an append that reads `streamState`.
  it('may precede the stream, and follows its own revisions', async () => {
    const stream = server.stream();
    await server.client.appendToStream(`$$${stream}`, keepTwo(), { streamState: NO_STREAM });
    const again = server.client.appendToStream(`$$${stream}`, keepTwo(), { streamState: 5n });
    await expect(again).rejects.toBeInstanceOf(WrongExpectedVersionError);
    await server.client.appendToStream(stream, events(5), { streamState: 'stream_exists' });
    expect(numbers(await collect(server.client.readStream(stream)))).toEqual([3, 4]);
  });

  it('shows only the last events when it has maxCount', async () => {
    const stream = await streamOf(100);
    await server.client.setStreamMetadata(stream, { maxCount: 3 });
    const { client } = server;
    expect(numbers(await collect(client.readStream(stream)))).toEqual([97, 98, 99]);
    const backwards = client.readStream(stream, { direction: BACKWARDS, fromRevision: END });
    expect(numbers(await collect(backwards))).toEqual([99, 98, 97]);
    await client.appendToStream(stream, events(1, 100), { streamState: 99n });
    expect(numbers(await collect(client.readStream(stream, { fromRevision: 5n })))).toEqual([98, 99, 100]);
  });

  it('hides what is below truncateBefore; a wholly truncated stream is empty, not missing', async () => {
    const stream = await streamOf(10);
    await server.client.setStreamMetadata(stream, { truncateBefore: 8 });
    expect(numbers(await collect(server.client.readStream(stream)))).toEqual([8, 9]);
    await server.client.setStreamMetadata(stream, { truncateBefore: 10 });
    expect(await collect(server.client.readStream(stream))).toEqual([]);
  });

  it('hides what is older than maxAge', async () => {
    const stream = await streamOf(2);
    await server.client.setStreamMetadata(stream, { maxAge: 1 });
    await vi.waitFor(async () => expect(await collect(server.client.readStream(stream))).toEqual([]), {
      timeout: 10_000,
      interval: 200,
    });
    await server.client.appendToStream(stream, events(1, 2), { streamState: 1n });
    expect(numbers(await collect(server.client.readStream(stream)))).toEqual([2]);
  });

  it.each([
    ['not JSON at all', Buffer.from('{"$maxCount":')],
    ['of a wrong type', Buffer.from('{"$maxCount":"1"}')],
    ['partly of a wrong type', Buffer.from('{"$maxCount":1,"$maxAge":"1"}')],
    ['not positive', Buffer.from('{"$maxCount":0}')],
  ])('counts as empty when it is %s', async (_, data) => {
    const stream = await streamOf(3);
    const event = {
      ...jsonEvent({ type: '$metadata', data: {} }),
      contentType: 'application/octet-stream',
      data,
    };
    await server.client.appendToStream(`$$${stream}`, [event as never], { streamState: ANY });
    expect(numbers(await collect(server.client.readStream(stream)))).toEqual([0, 1, 2]);
  });
});
