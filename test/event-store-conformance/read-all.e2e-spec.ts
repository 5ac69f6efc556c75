import {
  BACKWARDS,
  END,
  eventTypeFilter,
  NO_STREAM,
  streamNameFilter,
  type Filter,
} from '@kurrent/kurrentdb-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect, events, numbers, positionOf } from './events.js';
import { serverUnderTest } from './server-under-test.js';

const server = serverUnderTest();
const positions: { commit: bigint; prepare: bigint }[] = [];

/** Ten events, two each in five streams of two kinds, whose `n` is their order in the log. */
beforeAll(async () => {
  for (let n = 0; n < 10; n += 2) {
    const stream = server.stream(n % 4 === 0 ? 'even' : 'odd');
    const batch = events(2, n, n === 4 ? `${server.run}Special` : 'Counted');
    await server.client.appendToStream(stream, batch, { streamState: NO_STREAM });
    for (const { event } of await collect(server.client.readStream(stream))) {
      if (event?.position !== undefined) positions.push(event.position);
    }
  }
});

const own = streamNameFilter;
const at = (index: number) => {
  const position = positions[index];
  if (position === undefined) throw new Error('No such position.');
  return position;
};

describe('reading the whole log', () => {
  it('gives every event a greater position than the one before', () => {
    const commits = positions.map(({ commit }) => commit);
    expect(commits).toHaveLength(10);
    expect(commits.every((commit, index) => index === 0 || commit > (commits[index - 1] ?? 0n))).toBe(true);
    expect(positions.every(({ commit, prepare }) => commit === prepare)).toBe(true);
  });

  it('includes the position forwards, and excludes it backwards', async () => {
    const filter = own({ prefixes: [`${server.run}_odd-`, `${server.run}_even-`] });
    const forwards = server.client.readAll({ fromPosition: at(3), filter });
    expect(numbers(await collect(forwards))).toEqual([3, 4, 5, 6, 7, 8, 9]);
    const backwards = server.client.readAll({ fromPosition: at(3), direction: BACKWARDS, filter });
    expect(numbers(await collect(backwards))).toEqual([2, 1, 0]);
  });

  it('includes and excludes alike without a filter', async () => {
    const { client } = server;
    const forwards = await collect(client.readAll({ fromPosition: at(8), maxCount: 2 }));
    expect(numbers(forwards)).toEqual([8, 9]);
    const backwards = await collect(
      client.readAll({ fromPosition: at(9), direction: BACKWARDS, maxCount: 9 }),
    );
    expect(numbers(backwards)).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it('reads from the end backwards', async () => {
    const { client } = server;
    await client.appendToStream(server.stream('last'), events(1, 99), { streamState: NO_STREAM });
    const [last] = await collect(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }));
    expect(last?.event).toBeDefined();
  });

  it('shows an append whole and in one piece', async () => {
    const stream = server.stream('together');
    const others = server.stream('beside');
    const [appended] = await Promise.all([
      server.client.appendToStream(stream, events(200), { streamState: NO_STREAM }),
      ...Array.from({ length: 50 }, (_, n) =>
        server.client.appendToStream(`${others}${n}`, events(1), { streamState: NO_STREAM }),
      ),
    ]);
    const [first] = await collect(server.client.readStream(stream, { maxCount: 1 }));
    const slice = await collect(
      server.client.readAll({ fromPosition: first?.event?.position, maxCount: 200 }),
    );
    expect(slice.every(({ event }) => event?.streamId === stream)).toBe(true);
    expect(slice.at(-1)?.event?.position).toEqual(positionOf(appended));
  });
});

const read = async (filter: Filter) => {
  const found = await collect(server.client.readAll({ fromPosition: at(0), filter }));
  return numbers(found.filter(({ event }) => /_(even|odd)-/u.test(event?.streamId ?? '')));
};

describe('a filter', () => {
  it('takes streams by prefix, whole categories or not', async () => {
    expect(await read(streamNameFilter({ prefixes: [`${server.run}_even-`] }))).toEqual([0, 1, 4, 5, 8, 9]);
    expect(await read(streamNameFilter({ prefixes: [server.run.slice(0, -1)] }))).toHaveLength(10);
    expect(
      await read(streamNameFilter({ prefixes: [`${server.run}_odd-`, `${server.run}_even-`] })),
    ).toHaveLength(10);
    const both = [`${server.run}_odd-`, `${server.run}_ev`];
    expect(await read(streamNameFilter({ prefixes: both }))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await read(streamNameFilter({ prefixes: [`${server.run}_neither-`] }))).toEqual([]);
  });

  it('takes streams by regular expression', async () => {
    expect(await read(streamNameFilter({ regex: `^${server.run}_odd` }))).toEqual([2, 3, 6, 7]);
  });

  it('takes types by prefix and by regular expression', async () => {
    expect(await read(eventTypeFilter({ prefixes: [`${server.run}Spec`] }))).toEqual([4, 5]);
    expect(await read(eventTypeFilter({ regex: `^${server.run}S.*l$` }))).toEqual([4, 5]);
  });

  it('counts only what matches towards maxCount, in both directions', async () => {
    const filter = streamNameFilter({ prefixes: [`${server.run}_even-`] });
    const { client } = server;
    expect(numbers(await collect(client.readAll({ fromPosition: at(0), filter, maxCount: 3 })))).toEqual([
      0, 1, 4,
    ]);
    const backwards = client.readAll({ fromPosition: at(9), direction: BACKWARDS, filter, maxCount: 3 });
    expect(numbers(await collect(backwards))).toEqual([8, 5, 4]);
  });
});
