import {
  BACKWARDS,
  binaryEvent,
  END,
  NO_STREAM,
  StreamNotFoundError,
  type EventData,
} from '@kurrent/kurrentdb-client';
import { describe, expect, it } from 'vitest';
import { collect, events, numbers } from './events.js';
import { serverUnderTest } from './server-under-test.js';

const server = serverUnderTest();

const streamOf = async (count: number): Promise<string> => {
  const stream = server.stream();
  await server.client.appendToStream(stream, events(count), { streamState: NO_STREAM });
  return stream;
};

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('reading a stream', () => {
  it('that never existed says so', async () => {
    await expect(collect(server.client.readStream(server.stream()))).rejects.toBeInstanceOf(
      StreamNotFoundError,
    );
  });

  it('delivers everything, forwards and backwards', async () => {
    const stream = await streamOf(500);
    const { client } = server;
    expect(numbers(await collect(client.readStream(stream)))).toEqual(upTo(500));
    const backwards = client.readStream(stream, { direction: BACKWARDS, fromRevision: END });
    expect(numbers(await collect(backwards))).toEqual(upTo(500).toReversed());
  });

  it('begins at the given revision, in both directions', async () => {
    const stream = await streamOf(10);
    const { client } = server;
    expect(numbers(await collect(client.readStream(stream, { fromRevision: 7n })))).toEqual([7, 8, 9]);
    const backwards = client.readStream(stream, { direction: BACKWARDS, fromRevision: 2n });
    expect(numbers(await collect(backwards))).toEqual([2, 1, 0]);
  });

  it('stops at maxCount', async () => {
    const stream = await streamOf(100);
    const { client } = server;
    expect(numbers(await collect(client.readStream(stream, { maxCount: 3 })))).toEqual([0, 1, 2]);
    expect(numbers(await collect(client.readStream(stream, { maxCount: 70, fromRevision: 20n })))).toEqual(
      upTo(90).slice(20),
    );
    const last = client.readStream(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 1 });
    expect(numbers(await collect(last))).toEqual([99]);
  });

  it('is empty beyond the end forwards, and begins at the last event backwards', async () => {
    const stream = await streamOf(3);
    const { client } = server;
    expect(await collect(client.readStream(stream, { fromRevision: 50n }))).toEqual([]);
    const backwards = client.readStream(stream, { direction: BACKWARDS, fromRevision: 50n });
    expect(numbers(await collect(backwards))).toEqual([2, 1, 0]);
  });

  it('never mixes in streams whose names are similar', async () => {
    const stream = await streamOf(2);
    await server.client.appendToStream(`${stream}0`, events(2, 50), { streamState: NO_STREAM });
    await server.client.appendToStream(stream.toUpperCase(), events(2, 70), { streamState: NO_STREAM });
    expect(numbers(await collect(server.client.readStream(stream)))).toEqual([0, 1]);
  });

  it('copes with a name in any script', async () => {
    const stream = `${server.stream()} déjà ☕ 銀行`;
    await server.client.appendToStream(stream, events(1), { streamState: NO_STREAM });
    const [first] = await collect(server.client.readStream(stream));
    expect(first?.event?.streamId).toBe(stream);
  });

  it('carries the positions that the whole log gives these events', async () => {
    const stream = await streamOf(3);
    const inStream = await collect(server.client.readStream(stream));
    const positions = inStream.map(({ event }) => event?.position);
    const [first] = positions;
    const inLog = await collect(server.client.readAll({ fromPosition: first, maxCount: 3 }));
    expect(inLog.map(({ event }) => event?.position)).toEqual(positions);
    expect(inStream.map(({ commitPosition }) => commitPosition)).toEqual(positions.map((one) => one?.commit));
  });
});

const link = (text: string): EventData => binaryEvent({ type: '$>', data: Buffer.from(text) });

describe('reading links', () => {
  it('follows them only when asked to', async () => {
    const target = await streamOf(3);
    const links = server.stream('links');
    const { client } = server;
    await client.appendToStream(links, link(`2@${target}`), { streamState: NO_STREAM });
    const [plain] = await collect(client.readStream(links));
    expect(plain?.link).toBeUndefined();
    expect(plain?.event).toMatchObject({ type: '$>', streamId: links });
    const [resolved] = await collect(client.readStream(links, { resolveLinkTos: true }));
    expect(resolved?.event).toMatchObject({ streamId: target, revision: 2n });
    expect(resolved?.link).toMatchObject({ streamId: links, revision: 0n });
    expect(resolved?.commitPosition).toBe(resolved?.link?.position?.commit);
  });

  it('delivers the link alone when its target is gone', async () => {
    const links = server.stream('links');
    await server.client.appendToStream(links, link(`7@${server.stream()}`), { streamState: NO_STREAM });
    const [resolved] = await collect(server.client.readStream(links, { resolveLinkTos: true }));
    expect(resolved?.event).toBeUndefined();
    expect(resolved?.link).toMatchObject({ streamId: links });
  });

  it('delivers a malformed link as the event that it is', async () => {
    const links = server.stream('links');
    await server.client.appendToStream(links, link('nowhere'), { streamState: NO_STREAM });
    const [resolved] = await collect(server.client.readStream(links, { resolveLinkTos: true }));
    expect(resolved?.event).toMatchObject({ streamId: links, type: '$>' });
    expect(resolved?.link).toBeUndefined();
  });
});
