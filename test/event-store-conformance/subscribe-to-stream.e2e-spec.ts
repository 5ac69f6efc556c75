import {
  END,
  NO_STREAM,
  START,
  StreamDeletedError,
  type StreamSubscription,
  type SubscribeToStreamOptions,
} from '@kurrent/kurrentdb-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { events, numbers } from './events.js';
import { serverUnderTest } from './server-under-test.js';
import { SubscriptionLog } from './subscription-log.js';

const server = serverUnderTest();
const open: StreamSubscription[] = [];

const subscribe = (stream: string, options: SubscribeToStreamOptions = {}): SubscriptionLog => {
  const subscription = server.client.subscribeToStream(stream, options);
  open.push(subscription);
  return new SubscriptionLog().follow(subscription);
};

const append = (stream: string, count: number, from = 0) =>
  server.client.appendToStream(stream, events(count, from), {
    streamState: from === 0 ? NO_STREAM : BigInt(from - 1),
  });

const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 10_000, interval: 10 });

afterEach(async () => {
  await Promise.all(open.splice(0).map((subscription) => subscription.unsubscribe()));
});

describe('a subscription to a stream', () => {
  it('confirms, delivers what is there, is live, delivers what comes', async () => {
    const stream = server.stream();
    await append(stream, 100);
    const log = subscribe(stream, { fromRevision: START });
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    expect(log.kinds).toEqual(['confirmation', ...Array.from({ length: 100 }, () => 'event'), 'caught-up']);
    expect(log.messages.at(-1)?.value).toMatchObject({ revision: 99n });
    await append(server.stream(), 3);
    await append(stream, 2, 100);
    await eventually(() => expect(numbers(log.events).slice(98)).toEqual([98, 99, 100, 101]));
    expect(log.count('caught-up')).toBe(1);
  });

  it('goes on after a revision', async () => {
    const stream = server.stream();
    await append(stream, 10);
    const log = subscribe(stream, { fromRevision: 6n });
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    expect(numbers(log.events)).toEqual([7, 8, 9]);
  });

  it('from the end delivers only what comes', async () => {
    const stream = server.stream();
    await append(stream, 10);
    const log = subscribe(stream, { fromRevision: END });
    await eventually(() => expect(log.kinds).toEqual(['confirmation', 'caught-up']));
    await append(stream, 2, 10);
    await eventually(() => expect(numbers(log.events)).toEqual([10, 11]));
  });

  it('waits for a stream that does not exist', async () => {
    const stream = server.stream();
    const log = subscribe(stream);
    await eventually(() => expect(log.kinds).toEqual(['confirmation', 'caught-up']));
    await append(stream, 2);
    await eventually(() => expect(numbers(log.events)).toEqual([0, 1]));
  });

  it('begins at what truncation left', async () => {
    const stream = server.stream();
    await append(stream, 10);
    await server.client.setStreamMetadata(stream, { truncateBefore: 7 });
    const log = subscribe(stream);
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    expect(numbers(log.events)).toEqual([7, 8, 9]);
  });

  it('waits at the end of a stream whose events are all truncated', async () => {
    const stream = server.stream();
    await append(stream, 10);
    await server.client.setStreamMetadata(stream, { truncateBefore: 10 });
    const log = subscribe(stream);
    await eventually(() => expect(log.kinds).toEqual(['confirmation', 'caught-up']));
    await append(stream, 1, 10);
    await eventually(() => expect(numbers(log.events)).toEqual([10]));
  });

  it('ends with an error when the stream is closed for good', async () => {
    const stream = server.stream();
    await append(stream, 2);
    const log = subscribe(stream);
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    await server.client.tombstoneStream(stream);
    await eventually(() => expect(log.count('error')).toBe(1));
    expect(log.messages.at(-1)?.value).toBeInstanceOf(StreamDeletedError);
    expect(log.events.map(({ event }) => event?.type)).toEqual(['Counted', 'Counted', '$streamDeleted']);
    const late = subscribe(stream);
    await eventually(() => expect(late.messages.at(-1)?.value).toBeInstanceOf(StreamDeletedError));
    expect(late.events).toEqual([]);
  });
});
