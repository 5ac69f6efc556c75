import {
  ANY,
  BACKWARDS,
  END,
  NO_STREAM,
  STREAM_EXISTS,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import { describe, expect, it } from 'vitest';
import { collect, events, numbers, positionOf, revisions } from './events.js';
import { serverUnderTest } from './server-under-test.js';

const server = serverUnderTest();

const streamOf = async (count: number): Promise<string> => {
  const stream = server.stream();
  await server.client.appendToStream(stream, events(count), { streamState: NO_STREAM });
  return stream;
};

describe('deleting a stream', () => {
  it('hides it, and answers with a position of the log', async () => {
    const stream = await streamOf(3);
    const { position } = await server.client.deleteStream(stream, { expectedRevision: 2n });
    expect(position?.commit).toBeGreaterThan(0n);
    await expect(collect(server.client.readStream(stream))).rejects.toBeInstanceOf(StreamNotFoundError);
    const backwards = server.client.readStream(stream, { direction: BACKWARDS, fromRevision: END });
    await expect(collect(backwards)).rejects.toBeInstanceOf(StreamNotFoundError);
  });

  it.each([0n, 7n] as const)('is refused at revision 2 when %s is expected', async (expectedRevision) => {
    const stream = await streamOf(3);
    const deleted = server.client.deleteStream(stream, { expectedRevision });
    await expect(deleted).rejects.toBeInstanceOf(WrongExpectedVersionError);
    await expect(deleted).rejects.toMatchObject({
      streamName: stream,
      expectedState: expectedRevision,
      actualState: 2n,
    });
    expect(numbers(await collect(server.client.readStream(stream)))).toEqual([0, 1, 2]);
  });

  it.each([ANY, NO_STREAM, 0n] as const)(
    'that never existed is refused when %s is expected',
    async (expectedRevision) => {
      const deleted = server.client.deleteStream(server.stream(), { expectedRevision });
      await expect(deleted).rejects.toBeInstanceOf(WrongExpectedVersionError);
    },
  );

  it('lets writers bring it back, with its numbers going on and the old events hidden', async () => {
    for (const expected of [ANY, NO_STREAM, 2n] as const) {
      const stream = await streamOf(3);
      await server.client.deleteStream(stream, { expectedRevision: ANY });
      const batch = events(2, 10);
      const written = await server.client.appendToStream(stream, batch, { streamState: expected });
      expect(written).toMatchObject({ nextExpectedRevision: 4n });
      const read = await collect(server.client.readStream(stream));
      expect(numbers(read)).toEqual([10, 11]);
      expect(revisions(read)).toEqual([3n, 4n]);
      expect(positionOf(written)).toEqual(read.at(-1)?.event?.position);
      const { metadata } = await server.client.getStreamMetadata(stream);
      expect(metadata).toEqual({ truncateBefore: 3 });
    }
  });

  it('refuses who expects it to exist', async () => {
    const stream = await streamOf(1);
    await server.client.deleteStream(stream);
    const appended = server.client.appendToStream(stream, events(1), { streamState: STREAM_EXISTS });
    await expect(appended).rejects.toBeInstanceOf(StreamDeletedError);
  });

  it('is undone by new metadata; the old events stay hidden', async () => {
    const stream = await streamOf(3);
    await server.client.deleteStream(stream);
    await server.client.setStreamMetadata(stream, { maxCount: 50 });
    expect(await collect(server.client.readStream(stream))).toEqual([]);
    await server.client.appendToStream(stream, events(1, 9), { streamState: 2n });
    expect(numbers(await collect(server.client.readStream(stream)))).toEqual([9]);
    expect((await server.client.getStreamMetadata(stream)).metadata).toEqual({
      maxCount: 50,
      truncateBefore: 3,
    });
  });
});

describe('a tombstone', () => {
  it('ends a stream for good', async () => {
    const stream = await streamOf(3);
    const { client } = server;
    const { position } = await client.tombstoneStream(stream, { expectedRevision: 2n });
    expect(position?.commit).toBeGreaterThan(0n);
    await expect(collect(client.readStream(stream))).rejects.toBeInstanceOf(StreamDeletedError);
    for (const streamState of [ANY, NO_STREAM, STREAM_EXISTS, 2n] as const) {
      const appended = client.appendToStream(stream, events(1), { streamState });
      await expect(appended).rejects.toBeInstanceOf(StreamDeletedError);
      await expect(appended).rejects.toMatchObject({ streamName: stream });
    }
    const credentials = { username: 'nobody', password: 'nothing' };
    const appended = client.appendToStream(stream, events(1), { streamState: ANY, credentials });
    await expect(appended).rejects.toBeInstanceOf(StreamDeletedError);
    await expect(client.tombstoneStream(stream)).rejects.toBeInstanceOf(StreamDeletedError);
    await expect(client.deleteStream(stream)).rejects.toBeInstanceOf(StreamDeletedError);
    await expect(client.setStreamMetadata(stream, { maxCount: 1 })).rejects.toBeInstanceOf(
      StreamDeletedError,
    );
  });

  it.each([ANY, NO_STREAM] as const)(
    'may stand on a stream that never existed (%s)',
    async (expectedRevision) => {
      const stream = server.stream();
      await server.client.tombstoneStream(stream, { expectedRevision });
      await expect(collect(server.client.readStream(stream))).rejects.toBeInstanceOf(StreamDeletedError);
    },
  );

  it('is refused when the stream is elsewhere', async () => {
    const stream = await streamOf(3);
    const tombstoned = server.client.tombstoneStream(stream, { expectedRevision: 1n });
    await expect(tombstoned).rejects.toMatchObject({ expectedState: 1n, actualState: 2n });
    expect(await collect(server.client.readStream(stream))).toHaveLength(3);
  });

  it('leaves the events, and itself, in the log', async () => {
    const stream = server.stream();
    const first = positionOf(
      await server.client.appendToStream(stream, events(1), { streamState: NO_STREAM }),
    );
    await server.client.tombstoneStream(stream);
    const all = await collect(server.client.readAll({ fromPosition: first }));
    const own = all.map(({ event }) => event).filter((event) => event?.streamId === stream);
    expect(own.map((event) => event?.type)).toEqual(['Counted', '$streamDeleted']);
  });
});
