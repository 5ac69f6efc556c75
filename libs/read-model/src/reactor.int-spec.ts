import type { RecordedEvent } from '#kernel';
import { engineUrls, InMemoryEventStore } from '#testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { added, freshName, until } from '../test/support.js';
import { Database, LockKeeper, readCheckpoint, type Reactor, runReactor } from './index.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

let store: InMemoryEventStore;
let db: Database;
let name: string;

beforeEach(async () => {
  store = new InMemoryEventStore();
  await store.logId();
  name = freshName('reactor');
  db = new Database(engineUrls().databaseUrl);
  closing.push(
    () => db.close(),
    () => store.close(),
  );
});

const start = (part: Partial<Reactor> & Pick<Reactor, never>) => {
  const keeper = new LockKeeper(db);
  const reactor = { name, streamPrefixes: ['sums_'], ...part } as Reactor;
  const runner = runReactor({ db, keeper, source: store, reactor, retryFirstMs: 10 });
  closing.push(
    () => keeper.close(),
    () => runner.stop(),
  );
  return runner;
};

const valueOf = ({ data }: RecordedEvent): number => (data as { value: number }).value;
const append = async (expected: bigint | 'no-stream', ...values: number[]): Promise<bigint> =>
  (await store.append('sums_a', expected, values.map(added))).position;
const checkpoint = async () => (await readCheckpoint(db, name))?.position ?? null;

it('acts first and checkpoints after', async () => {
  const seen: [number, bigint | null][] = [];
  start({ react: async (event: RecordedEvent) => void seen.push([valueOf(event), await checkpoint()]) });
  const first = await append('no-stream', 1);
  await until(async () => (await checkpoint()) === first);
  const second = await append(0n, 2);
  await until(async () => (await checkpoint()) === second);
  expect(seen.map(([value]) => value)).toEqual([1, 2]);
  expect(seen[1]?.[1]).toBe(first);
});

it('acts again after a failure, keeps the order, and repeats nothing that is behind its checkpoint', async () => {
  const seen: number[] = [];
  let failures = 3;
  const runner = start({
    react: async (event: RecordedEvent) => {
      seen.push(valueOf(event));
      if (valueOf(event) === 3 && failures-- > 0) throw new Error('The other side is away.');
    },
  });
  const last = await append('no-stream', 1, 2, 3, 4);
  await until(() => runner.status() === 'down');
  expect(await runner.health()).toContain('The other side is away.');
  await until(async () => (await checkpoint()) === last);
  // As a batch, then event by event up to the failing one, then only from there on.
  expect(seen).toEqual([1, 2, 3, 1, 2, 3, 3, 3, 4]);
  expect(await runner.health()).toBeNull();
});

it('hands over whole batches where that is wanted', async () => {
  await append('no-stream', 1, 2, 3);
  const batches: number[][] = [];
  start({ reactBatch: async (events: readonly RecordedEvent[]) => void batches.push(events.map(valueOf)) });
  await until(() => batches.length > 0);
  expect(batches).toEqual([[1, 2, 3]]);
});

it('leaves the past alone when it starts from now', async () => {
  await append('no-stream', 1);
  const seen: number[] = [];
  const runner = start({
    startFrom: 'now',
    react: async (event: RecordedEvent) => void seen.push(valueOf(event)),
  });
  await until(() => runner.status() === 'live');
  await append(0n, 2);
  await until(() => seen.length > 0);
  expect(seen).toEqual([2]);
});

it.each([
  ['an earlier place, where it goes on from', -1n, [2, 3]],
  ['the beginning', null, [1, 2, 3]],
  ['a place beyond the checkpoint, which it ignores', 1_000n, [3]],
])('is asked where to resume: %s', async (_, answer, expected) => {
  const seen: number[] = [];
  const react = async (event: RecordedEvent) => void seen.push(valueOf(event));
  const first = start({ react });
  const one = await append('no-stream', 1);
  const two = await append(0n, 2);
  await until(async () => (await checkpoint()) === two);
  await first.stop();
  await append(1n, 3);
  seen.length = 0;
  start({
    react,
    resumeFrom: (stored) => {
      expect(stored).toBe(two);
      return Promise.resolve(answer === -1n ? one : answer === null ? null : two + answer);
    },
  });
  await until(() => seen.at(-1) === 3);
  expect(seen).toEqual(expected);
});
