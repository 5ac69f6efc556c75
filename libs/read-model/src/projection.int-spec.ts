import { once } from 'node:events';
import { engineUrls, InMemoryEventStore } from '#testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { added, cutConnections, event, freshName, sumsIn, sumsModel, until } from '../test/support.js';
import {
  Database,
  LockKeeper,
  moveCheckpoint,
  readCheckpoint,
  runProjection,
  type RunnerContext,
  waitForPosition,
} from './index.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

let store: InMemoryEventStore;
let name: string;
let admin: Database;
let failures: string[];

beforeEach(async () => {
  store = new InMemoryEventStore();
  await store.logId();
  name = freshName('sums');
  failures = [];
  admin = new Database(engineUrls().databaseUrl);
  closing.push(
    () => admin.close(),
    () => store.close(),
  );
});

/** What one process has: a pool, a keeper, and the projection. */
const startProcess = (options: Partial<RunnerContext> & { model?: ReturnType<typeof sumsModel> } = {}) => {
  const applicationName = freshName('app');
  const db = new Database(engineUrls().databaseUrl, { applicationName, poolSize: 3 });
  const keeper = new LockKeeper(db);
  const runner = runProjection({
    db,
    keeper,
    source: store,
    model: sumsModel(name),
    retryFirstMs: 20,
    onFailure: (_, error) => failures.push(String(error)),
    ...options,
  });
  closing.push(
    () => db.close(),
    () => keeper.close(),
    () => runner.stop(),
  );
  return { db, keeper, runner, applicationName };
};

const append = async (stream: string, expected: bigint | 'no-stream', ...values: number[]): Promise<bigint> =>
  (await store.append(stream, expected, values.map(added))).position;

it('projects what was there and what comes, each event once, and moves the checkpoint with it', async () => {
  await append('sums_a', 'no-stream', 1, 2);
  const { db, runner } = startProcess();
  await runner.prepared;
  const position = await append('sums_b', 'no-stream', 10);
  expect(await waitForPosition(db, name, position)).toBe(true);
  expect(await sumsIn(db, name)).toEqual({ sums_a: [3, 2], sums_b: [10, 1] });
  expect(runner.position()).toBe(position);
  expect(runner.status()).toBe('live');
  expect([await runner.lag(), await runner.health()]).toEqual([0n, null]);
});

it('goes on from its checkpoint after a stop', async () => {
  const first = startProcess();
  await waitForPosition(admin, name, await append('sums_a', 'no-stream', 1)).catch(() => undefined);
  await until(() => first.runner.position() !== null);
  await first.runner.stop();
  expect([first.runner.status(), await first.runner.health()]).toEqual(['stopped', 'stopped']);
  const position = await append('sums_a', 0n, 2);
  startProcess();
  expect(await waitForPosition(admin, name, position, 5_000)).toBe(true);
  expect(await sumsIn(admin, name)).toEqual({ sums_a: [3, 2] });
});

it('moves the checkpoint over events of other streams too, so that nobody waits for them', async () => {
  const { runner } = startProcess();
  await until(() => runner.status() === 'live');
  const { position } = await store.append('other-1', 'no-stream', [event('Other', {})]);
  expect(await waitForPosition(admin, name, position)).toBe(true);
  expect(await waitForPosition(admin, name, position + 1n, 30)).toBe(false);
});

describe('two copies', () => {
  it('take turns: one runs, the other stands by, healthy, and takes over after a stop', async () => {
    const one = startProcess();
    await until(() => one.runner.status() === 'live');
    const two = startProcess();
    await until(() => two.runner.status() === 'standby');
    expect(await waitForPosition(admin, name, await append('sums_a', 'no-stream', 1))).toBe(true);
    expect([await two.runner.health(), two.runner.position(), await two.runner.lag()]).toEqual([
      null,
      null,
      0n,
    ]);
    await one.runner.stop();
    await until(() => two.runner.status() === 'live');
    await append('sums_a', 0n, 2);
    await until(async () => (await sumsIn(admin, name))['sums_a']?.[0] === 3);
  });

  it('change roles when the leader loses its connections, without loss or repetition', async () => {
    const copies = [startProcess(), startProcess()];
    let revision: bigint | 'no-stream' = 'no-stream';
    for (let round = 0; round < 5; round++) {
      await until(() => copies.some(({ runner }) => runner.status() === 'live'));
      for (let i = 0; i < 20; i++) {
        await append('sums_a', revision, 1);
        revision = revision === 'no-stream' ? 0n : revision + 1n;
      }
      const leader = copies.find(({ runner }) => runner.status() === 'live');
      await cutConnections(admin, leader?.applicationName ?? '');
    }
    await until(async () => (await sumsIn(admin, name))['sums_a']?.[0] === 100);
    expect(await sumsIn(admin, name)).toEqual({ sums_a: [100, 100] });
  });

  it('that both believe to lead are told apart by the checkpoint: nothing is written twice', async () => {
    const { runner } = startProcess();
    const position = await append('sums_a', 'no-stream', 1);
    expect(await waitForPosition(admin, name, position)).toBe(true);
    await moveCheckpoint(admin, name, position, position + 1n);
    const next = await append('sums_a', 0n, 2);
    await until(() => failures.some((text) => text.includes('another copy moved it')));
    await until(async () => (await readCheckpoint(admin, name))?.position === next);
    expect(await sumsIn(admin, name)).toEqual({ sums_a: [3, 2] });
    await until(async () => (await runner.health()) === null);
  });
});

describe('an event that cannot be projected', () => {
  it('is named in health, never skipped, and what came before it is done', async () => {
    const { runner } = startProcess();
    await append('sums_a', 'no-stream', 1, 2, -1, 4);
    await until(() => runner.status() === 'down');
    expect(await runner.health()).toMatch(
      /^Added \(2 of sums_a, log position \d+\) cannot be handled: Nothing can be taken/,
    );
    expect(await sumsIn(admin, name)).toEqual({ sums_a: [3, 2] });
    expect(await runner.lag()).toBeGreaterThan(0n);
    const tries = failures.length;
    await until(() => failures.length > tries);
    expect(await sumsIn(admin, name)).toEqual({ sums_a: [3, 2] });
  });

  it('is projected once the program can, and health recovers', async () => {
    let canTake = false;
    const model = sumsModel(name);
    const { runner } = startProcess({
      model: {
        ...model,
        project: (tx, schema, events) =>
          canTake
            ? tx
                .execute(`INSERT INTO ${schema}.sums VALUES ('taken', $1, 1)`, [events.length])
                .then(() => undefined)
            : model.project(tx, schema, events),
      },
    });
    await append('sums_a', 'no-stream', -1);
    await until(() => runner.status() === 'down');
    canTake = true;
    await until(async () => (await runner.health()) === null);
    expect(await sumsIn(admin, name)).toEqual({ taken: [1, 1] });
  });
});

describe('a checkpoint that does not fit the log', () => {
  it('of another log: refuses to run and names the rebuild', async () => {
    const { runner } = startProcess();
    await waitForPosition(admin, name, await append('sums_a', 'no-stream', 1));
    await runner.stop();
    store = new InMemoryEventStore();
    const other = startProcess().runner;
    await until(() => other.status() === 'down');
    expect(await other.health()).toContain(`npm run passerelle -- rebuild ${name}`);
    expect(await other.health()).toMatch(/belongs to log .*, the event store holds log /);
  });

  it('beyond the head: refuses to run and names the rebuild', async () => {
    const { runner } = startProcess();
    const position = await append('sums_a', 'no-stream', 1);
    await waitForPosition(admin, name, position);
    await runner.stop();
    await moveCheckpoint(admin, name, position, position + 1_000n);
    const again = startProcess().runner;
    await until(() => again.status() === 'down');
    expect(await again.health()).toMatch(/lies beyond the end of the log.*rebuild/);
  });
});

it('complains when it does not keep up, in words', async () => {
  const model = sumsModel(name);
  const gate = new AbortController();
  const stuck = once(gate.signal, 'abort').then(() => undefined);
  const { runner } = startProcess({ patienceMs: 50, model: { ...model, project: () => stuck } });
  await append('sums_a', 'no-stream', 1);
  await until(async () => (await runner.health()) !== null && runner.status() !== 'starting');
  await until(async () => (await runner.health())?.includes('log positions behind'));
  gate.abort();
  await until(async () => (await runner.health()) === null);
  expect(await runner.lag()).toBe(0n);
});

it('starts when PostgreSQL comes back', async () => {
  const db = new Database('postgresql://nobody@127.0.0.1:1/none');
  const runner = runProjection({
    db,
    keeper: new LockKeeper(db),
    source: store,
    model: sumsModel(name),
    retryFirstMs: 5,
  });
  await until(() => runner.status() === 'down');
  expect(await runner.health()).toContain('PostgreSQL is unavailable');
  await runner.stop();
  await db.close();
});
