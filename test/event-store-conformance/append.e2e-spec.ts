import { randomUUID } from 'node:crypto';
import {
  ANY,
  binaryEvent,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  STREAM_EXISTS,
  WrongExpectedVersionError,
  type AppendToStreamOptions,
} from '@kurrent/kurrentdb-client';
import { describe, expect, it } from 'vitest';
import { collect, events, numbers, positionOf, revisions } from './events.js';
import { serverUnderTest } from './server-under-test.js';

const server = serverUnderTest();

/** With credentials the client takes the older call; without a secure channel it does not send them. */
const CALLS: ReadonlyArray<readonly [call: string, options: AppendToStreamOptions]> = [
  ['BatchAppend', {}],
  ['Append', { credentials: { username: 'nobody', password: 'nothing' } }],
];

describe.each(CALLS)('%s', (_, options) => {
  const append = (
    stream: string,
    batch: ReturnType<typeof events>,
    streamState: AppendToStreamOptions['streamState'],
  ) => server.client.appendToStream(stream, batch, { ...options, streamState });

  const conflict = async (...args: Parameters<typeof append>): Promise<WrongExpectedVersionError> => {
    const error: unknown = await append(...args).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    return error as WrongExpectedVersionError;
  };

  describe('to a new stream', () => {
    it.each([ANY, NO_STREAM] as const)('writes when %s is expected', async (expected) => {
      const stream = server.stream();
      const result = await append(stream, events(2), expected);
      expect(result).toMatchObject({ success: true, nextExpectedRevision: 1n });
      expect(positionOf(result).commit).toBe(positionOf(result).prepare);
      expect(revisions(await collect(server.client.readStream(stream)))).toEqual([0n, 1n]);
    });

    it.each([STREAM_EXISTS, 0n, 5n] as const)('refuses when %s is expected', async (expected) => {
      const stream = server.stream();
      expect(await conflict(stream, events(1), expected)).toMatchObject({
        streamName: stream,
        actualState: NO_STREAM,
        expectedState: expected,
      });
    });
  });

  describe('to a stream with events', () => {
    it.each([ANY, STREAM_EXISTS, 2n] as const)('goes on when %s is expected', async (expected) => {
      const stream = server.stream();
      await append(stream, events(3), NO_STREAM);
      const result = await append(stream, events(2, 3), expected);
      expect(result.nextExpectedRevision).toBe(4n);
      expect(numbers(await collect(server.client.readStream(stream)))).toEqual([0, 1, 2, 3, 4]);
    });

    it.each([NO_STREAM, 1n, 3n] as const)(
      'refuses when %s is expected, and writes nothing',
      async (expected) => {
        const stream = server.stream();
        await append(stream, events(3), NO_STREAM);
        expect(await conflict(stream, events(1, 9), expected)).toMatchObject({
          streamName: stream,
          actualState: 2n,
          expectedState: expected,
        });
        expect(numbers(await collect(server.client.readStream(stream)))).toEqual([0, 1, 2]);
      },
    );
  });

  describe('of the same events again', () => {
    it('succeeds with the first answer, and writes nothing, when the expected revision is the same', async () => {
      const stream = server.stream();
      const [first, second] = [events(2), events(2, 2)];
      await append(stream, first, NO_STREAM);
      const original = await append(stream, second, 1n);
      await append(stream, events(1, 4), 3n);
      expect(await append(stream, second, 1n)).toEqual(original);
      expect(await append(stream, first, NO_STREAM)).toMatchObject({ nextExpectedRevision: 1n });
      expect(numbers(await collect(server.client.readStream(stream)))).toEqual([0, 1, 2, 3, 4]);
    });

    it('succeeds with a part of them from the same place', async () => {
      const stream = server.stream();
      const batch = events(3);
      await append(stream, batch, NO_STREAM);
      expect(await append(stream, batch.slice(0, 2), NO_STREAM)).toMatchObject({ nextExpectedRevision: 1n });
    });

    it('refuses when a later one differs, or more follow than were written', async () => {
      const stream = server.stream();
      const batch = events(3);
      await append(stream, batch, NO_STREAM);
      const [first] = batch;
      if (first === undefined) throw new Error('No event.');
      await conflict(stream, [first, ...events(1, 7)], NO_STREAM);
      await conflict(stream, [...batch, ...events(1, 7)], NO_STREAM);
      await conflict(stream, batch, 0n);
      expect(numbers(await collect(server.client.readStream(stream)))).toEqual([0, 1, 2]);
    });

    it.each([ANY, STREAM_EXISTS] as const)('knows them when %s is expected', async (expected) => {
      const stream = server.stream();
      const batch = events(2);
      const original = await append(stream, batch, NO_STREAM);
      await append(stream, events(1, 2), 1n);
      expect(await append(stream, batch, expected)).toEqual(original);
      await conflict(stream, [...batch, ...events(1, 8)], expected);
      const [first] = batch;
      if (first === undefined) throw new Error('No event.');
      expect(await append(stream, [...events(1, 3), first], expected)).toMatchObject({
        nextExpectedRevision: 4n,
      });
      expect(numbers(await collect(server.client.readStream(stream)))).toEqual([0, 1, 2, 3, 0]);
    });

    it('writes them when it is to another stream', async () => {
      const batch = events(2);
      await append(server.stream(), batch, ANY);
      const other = server.stream();
      await append(other, batch, ANY);
      expect(numbers(await collect(server.client.readStream(other)))).toEqual([0, 1]);
    });
  });

  it('succeeds with no events when the check passes', async () => {
    const stream = server.stream();
    await append(stream, events(1), NO_STREAM);
    expect(await append(stream, [], 0n)).toMatchObject({ success: true, nextExpectedRevision: 0n });
    await conflict(stream, [], NO_STREAM);
    await conflict(stream, [], 1n);
  });

  it('keeps type, id, data, metadata and kind of an event', async () => {
    const stream = server.stream();
    const before = Date.now();
    const json = jsonEvent({
      id: randomUUID(),
      type: 'Überwiesen',
      data: { amount: '12.30', label: 'Café ☕', nested: [1, null, { a: true }] },
      metadata: { tenantId: 'é', list: [1] },
    });
    const bytes = Uint8Array.from([0, 255, 10, 128]);
    const binary = binaryEvent({
      id: randomUUID(),
      type: 'Blob',
      data: bytes,
      metadata: Uint8Array.of(1, 2),
    });
    await server.client.appendToStream(stream, [json, binary], { ...options, streamState: NO_STREAM });
    const [first, second] = (await collect(server.client.readStream(stream))).map(({ event }) => event);
    expect(first).toMatchObject({
      streamId: stream,
      id: json.id,
      type: json.type,
      data: json.data,
      metadata: json.metadata,
      isJson: true,
    });
    expect(second).toMatchObject({ id: binary.id, type: 'Blob', isJson: false });
    expect([...((second?.data ?? []) as Uint8Array)]).toEqual([...bytes]);
    expect([...((second?.metadata ?? []) as Uint8Array)]).toEqual([1, 2]);
    expect(first?.created.getTime()).toBeGreaterThan(before - 60_000);
    expect(first?.created.getTime()).toBeLessThan(Date.now() + 60_000);
  });

  it('lets exactly one of many writers win', async () => {
    const stream = server.stream();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) => append(stream, events(3, n * 10), NO_STREAM)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await collect(server.client.readStream(stream))).toHaveLength(3);
  });
});

it('decides appends that are in flight together in their order', async () => {
  const stream = server.stream();
  await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      server.client.appendToStream(stream, events(1, n), {
        streamState: n === 0 ? NO_STREAM : BigInt(n - 1),
      }),
    ),
  );
  expect(numbers(await collect(server.client.readStream(stream)))).toEqual(
    Array.from({ length: 50 }, (_, n) => n),
  );
});

describe('a large append', () => {
  it('may come in chunks, and is one append', async () => {
    const stream = server.stream();
    const data = { text: 'x'.repeat(2_000) };
    const batch = Array.from({ length: 300 }, () => jsonEvent({ type: 'Large', data }));
    const options = { streamState: NO_STREAM, batchAppendSize: 20_000 } as const;
    const result = await server.client.appendToStream(stream, batch, options);
    expect(result.nextExpectedRevision).toBe(299n);
    const read = await collect(server.client.readStream(stream));
    expect(read.map(({ event }) => event?.id)).toEqual(batch.map(({ id }) => id));
    const positions = read.map(({ event }) => event?.position?.commit ?? 0n);
    expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
    expect(positions.at(-1)).toBe(positionOf(result).commit);
  });

  it.each(CALLS)('is refused whole by %s when it is beyond the limit', async (_, options) => {
    const stream = server.stream();
    const data = { text: 'x'.repeat(700_000) };
    const batch = Array.from({ length: 2 }, () => jsonEvent({ type: 'Large', data }));
    const appended = server.client.appendToStream(stream, batch, { ...options, streamState: NO_STREAM });
    await expect(appended).rejects.toBeInstanceOf(MaxAppendSizeExceededError);
    await expect(appended).rejects.toMatchObject({ maxAppendSize: 1_048_576 });
    await expect(collect(server.client.readStream(stream))).rejects.toMatchObject({
      type: 'stream-not-found',
    });
  });
});
