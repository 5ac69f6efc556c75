import {
  END,
  eventTypeFilter,
  NO_STREAM,
  START,
  streamNameFilter,
  type AllStreamSubscription,
  type SubscribeToAllOptions,
} from '@kurrent/kurrentdb-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { collect, events, numbers, positionOf } from './events.js';
import { serverUnderTest } from './server-under-test.js';
import { SubscriptionLog } from './subscription-log.js';

const server = serverUnderTest();
const open: AllStreamSubscription[] = [];

const subscribe = (options: SubscribeToAllOptions, log = new SubscriptionLog()): SubscriptionLog => {
  const subscription = server.client.subscribeToAll(options);
  open.push(subscription);
  return log.follow(subscription);
};

const own = (log: SubscriptionLog, prefix: string, checkpointInterval = 1_000_000) =>
  streamNameFilter({ prefixes: [prefix], checkpointInterval, checkpointReached: log.checkpointReached });

const append = (stream: string, count: number, from = 0) =>
  server.client.appendToStream(stream, events(count, from), {
    streamState: from === 0 ? NO_STREAM : BigInt(from - 1),
  });

const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 10_000, interval: 10 });

afterEach(async () => {
  await Promise.all(open.splice(0).map((subscription) => subscription.unsubscribe()));
});

describe('a subscription to the whole log', () => {
  it('confirms, delivers what is there, reports where it stands, is live, delivers what comes', async () => {
    const prefix = server.stream('order');
    await append(`${prefix}a`, 40);
    const last = await append(`${prefix}b`, 2);
    const log = new SubscriptionLog();
    subscribe({ fromPosition: START, filter: own(log, prefix) }, log);
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    const catchUp = [...Array.from({ length: 42 }, () => 'event'), 'checkpoint', 'caught-up'];
    expect(log.kinds).toEqual(['confirmation', ...catchUp]);
    expect(log.checkpoints).toEqual([positionOf(last).commit]);
    expect(log.messages.at(-1)?.value).toMatchObject({ position: positionOf(last) });
    await append(`${prefix}b`, 3, 2);
    await eventually(() => expect(log.events).toHaveLength(45));
    expect(numbers(log.events.slice(40))).toEqual([0, 1, 2, 3, 4]);
    expect(log.count('caught-up')).toBe(1);
  });

  it('goes on after a position, not with it', async () => {
    const stream = server.stream('resume');
    await append(stream, 10);
    const read = await collect(server.client.readStream(stream, { fromRevision: 3n, maxCount: 1 }));
    const log = new SubscriptionLog();
    subscribe({ fromPosition: read[0]?.event?.position, filter: own(log, stream) }, log);
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    expect(numbers(log.events)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('from the end is live at once and delivers only what comes', async () => {
    const stream = server.stream('end');
    await append(stream, 5);
    const log = subscribe({ fromPosition: END });
    await eventually(() => expect(log.kinds).toEqual(['confirmation', 'caught-up']));
    await append(stream, 2, 5);
    const here = () => log.events.filter(({ event }) => event?.streamId === stream);
    await eventually(() => expect(numbers(here())).toEqual([5, 6]));
  });

  it('without a filter delivers each event once, in the order of the log, with no checkpoint', async () => {
    const first = positionOf(await append(server.stream('marker'), 1));
    const log = subscribe({ fromPosition: first });
    await Promise.all(Array.from({ length: 60 }, () => append(server.stream('busy'), 5)));
    await eventually(() => expect(log.events).toHaveLength(300));
    const inLog = await collect(server.client.readAll({ fromPosition: first }));
    expect(log.events.map(({ event }) => event?.id)).toEqual(inLog.slice(1).map(({ event }) => event?.id));
    expect(log.checkpoints).toEqual([]);
  });

  it('delivers each event once and in order when it catches up while others write', async () => {
    const prefix = server.stream('race');
    const total = 40;
    const writing = (async () => {
      for (let n = 0; n < total; n++) await append(`${prefix}x${n}`, 10);
    })();
    const logs = await Promise.all(
      Array.from({ length: 5 }, async (_, n) => {
        await append(server.stream('pause'), 1 + n);
        const log = new SubscriptionLog();
        return subscribe({ filter: own(log, prefix) }, log);
      }),
    );
    await writing;
    const inLog = await collect(server.client.readAll({ filter: streamNameFilter({ prefixes: [prefix] }) }));
    for (const log of logs) {
      await eventually(() => expect(log.events.length).toBeGreaterThanOrEqual(total * 10));
      expect(log.events.map(({ event }) => event?.id)).toEqual(inLog.map(({ event }) => event?.id));
    }
  });

  it('filters by type, also live', async () => {
    const type = `${server.run}Type`;
    const filter = eventTypeFilter({ prefixes: [type] });
    const log = subscribe({ fromPosition: END, filter });
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    const stream = server.stream();
    const batch = [...events(2), ...events(2, 2, `${type}A`), ...events(1, 4)];
    await server.client.appendToStream(stream, batch, { streamState: NO_STREAM });
    await eventually(() => expect(numbers(log.events)).toEqual([2, 3]));
  });

  it('follows links when asked to', async () => {
    const target = server.stream('target');
    await append(target, 2);
    const links = server.stream('links');
    const log = new SubscriptionLog();
    subscribe({ fromPosition: END, resolveLinkTos: true, filter: own(log, links) }, log);
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    const [shape] = events(1, 0, '$>');
    const link = { ...shape, contentType: 'application/octet-stream', data: Buffer.from(`1@${target}`) };
    await server.client.appendToStream(links, [link as never], { streamState: NO_STREAM });
    await eventually(() => expect(log.events).toHaveLength(1));
    expect(log.events[0]?.event).toMatchObject({ streamId: target, revision: 1n });
    expect(log.events[0]?.link).toMatchObject({ streamId: links });
  });
});

describe('checkpoints', () => {
  it('come after so many events, matching or not, never go back and never repeat', async () => {
    const stream = server.stream('noise');
    const start = positionOf(await append(stream, 1));
    const log = new SubscriptionLog();
    const filter = streamNameFilter({
      prefixes: [server.stream('nothing')],
      maxSearchWindow: 10,
      checkpointInterval: 2,
      checkpointReached: log.checkpointReached,
    });
    subscribe({ fromPosition: start, filter }, log);
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    for (let n = 1; n < 101; n += 10) await append(stream, 10, n);
    await eventually(() => expect(log.checkpoints.length).toBeGreaterThanOrEqual(5));
    const { checkpoints } = log;
    expect(log.events).toEqual([]);
    expect(checkpoints.length).toBeLessThan(20);
    expect(checkpoints.every((position, n) => position > (checkpoints[n - 1] ?? start.commit))).toBe(true);
  });

  it('report progress during catch-up through a log that does not match, and at its end', async () => {
    const noise = server.stream('noise');
    const start = positionOf(await append(noise, 1));
    await append(noise, 300, 1);
    const wanted = positionOf(await append(server.stream('wanted'), 1));
    const end = positionOf(await append(noise, 200, 301));
    const log = new SubscriptionLog();
    const filter = streamNameFilter({
      prefixes: [`${server.run}_wanted-`],
      checkpointInterval: 1,
      checkpointReached: log.checkpointReached,
    });
    subscribe({ fromPosition: start, filter }, log);
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    expect(log.events).toHaveLength(1);
    const { checkpoints } = log;
    expect(checkpoints.at(-1)).toBe(end.commit);
    expect(checkpoints.some((position) => position < wanted.commit)).toBe(true);
    expect(new Set(checkpoints).size).toBe(checkpoints.length);
    expect(checkpoints).toEqual([...checkpoints].sort((a, b) => (a < b ? -1 : 1)));
    const firstEvent = log.kinds.indexOf('event');
    const before = log.messages.slice(0, firstEvent).filter(({ kind }) => kind === 'checkpoint');
    expect(before.every(({ value }) => (value as bigint) < wanted.commit)).toBe(true);
  });

  it('may be resumed from without losing or repeating anything', async () => {
    const prefix = server.stream('resumable');
    const start = positionOf(await append(server.stream('noise'), 50));
    await append(`${prefix}a`, 5);
    const log = new SubscriptionLog();
    subscribe({ fromPosition: start, filter: own(log, prefix, 1) }, log);
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    const commit = log.checkpoints.at(-1) ?? 0n;
    await append(server.stream('noise'), 50);
    await append(`${prefix}b`, 5);
    const resumed = new SubscriptionLog();
    subscribe({ fromPosition: { commit, prepare: commit }, filter: own(resumed, prefix, 1) }, resumed);
    await eventually(() => expect(resumed.count('caught-up')).toBe(1));
    expect(resumed.events.map(({ event }) => event?.streamId)).toEqual(
      Array.from({ length: 5 }, () => `${prefix}b`),
    );
  });
});

describe('a slow reader', () => {
  it('holds nobody up, loses nothing, and is told again that it has caught up', async () => {
    const stream = server.stream('slow');
    const log = new SubscriptionLog();
    const subscription = server.client.subscribeToAll({ fromPosition: END, filter: own(log, stream) });
    open.push(subscription);
    log.follow(subscription);
    await eventually(() => expect(log.count('caught-up')).toBe(1));
    subscription.pause();
    const text = 'x'.repeat(4_000);
    for (let n = 0; n < 4_000; n += 200) {
      const batch = events(200, n).map((event, index) => ({ ...event, data: { n: n + index, text } }));
      await server.client.appendToStream(stream, batch, { streamState: n === 0 ? NO_STREAM : BigInt(n - 1) });
    }
    subscription.resume();
    await eventually(() => expect(log.events).toHaveLength(4_000));
    expect(numbers(log.events)).toEqual(Array.from({ length: 4_000 }, (_, n) => n));
    await eventually(() => expect(log.count('caught-up')).toBe(2));
  });
});
