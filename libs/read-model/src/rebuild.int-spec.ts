import { engineUrls, InMemoryEventStore } from '#testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { added, freshName, sumsIn, sumsModel, until } from '../test/support.js';
import {
  Database,
  LockKeeper,
  migrate,
  readCheckpoint,
  rebuild,
  RebuildRunning,
  runProjection,
  waitForPosition,
} from './index.js';

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
  name = freshName('sums');
  db = new Database(engineUrls().databaseUrl);
  closing.push(
    () => db.close(),
    () => store.close(),
  );
});

const startRunner = (model = sumsModel(name)) => {
  const ownDb = new Database(engineUrls().databaseUrl, { poolSize: 2 });
  const keeper = new LockKeeper(ownDb);
  const runner = runProjection({ db: ownDb, keeper, source: store, model, retryFirstMs: 10 });
  closing.push(
    () => ownDb.close(),
    () => keeper.close(),
    () => runner.stop(),
  );
  return runner;
};

const appendMany = async (stream: string, from: number, count: number): Promise<bigint> => {
  const expected = from === 0 ? 'no-stream' : BigInt(from) - 1n;
  return (
    await store.append(
      stream,
      expected,
      Array.from({ length: count }, () => added(1)),
    )
  ).position;
};

const reached = (position: bigint) => () => waitForPosition(db, name, position, 0);
const shadows = async () =>
  (await db.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [`${name}_rebuild`])).length;

it('fills damaged tables anew', async () => {
  startRunner();
  await until(reached(await appendMany('sums_a', 0, 300)));
  await db.execute(`UPDATE ${name}.sums SET total = 7`);
  const progress: (bigint | null)[] = [];
  await rebuild({
    db,
    source: store,
    model: sumsModel(name),
    onProgress: (position) => progress.push(position),
  });
  expect(await sumsIn(db, name)).toEqual({ sums_a: [300, 300] });
  expect(progress.at(-1)).toBe(await store.head());
  expect(await shadows()).toBe(0);
});

it('lets the running projection go on, on the new tables, without losing or repeating an event', async () => {
  const runner = startRunner();
  let written = 0;
  const work = { done: false };
  const writing = (async () => {
    while (!work.done) {
      await appendMany('sums_a', written, 3);
      written += 3;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  })();
  let queries = 0;
  const querying = (async () => {
    await runner.prepared;
    while (!work.done) {
      await sumsIn(db, name);
      queries++;
    }
  })();
  try {
    for (let round = 0; round < 3; round++) await rebuild({ db, source: store, model: sumsModel(name) });
  } finally {
    work.done = true;
    await Promise.all([writing, querying]);
  }
  await until(reached((await store.head()) ?? 0n));
  expect(await sumsIn(db, name)).toEqual({ sums_a: [written, written] });
  expect(queries).toBeGreaterThan(3);
  await until(async () => (await runner.health()) === null);
});

it('sacrifices no other transaction that writes to the live tables', async () => {
  const model = sumsModel(name);
  const twoTables = { ...model, migrations: [...model.migrations, 'CREATE TABLE {schema}.zz (id int)'] };
  startRunner(twoTables);
  await until(reached(await appendMany('sums_a', 0, 10)));
  const work = { done: false };
  const errors: unknown[] = [];
  const touching = {
    sums: `SELECT 1 FROM ${name}.sums`,
    zz: `INSERT INTO ${name}.zz VALUES (1)`,
  };
  const write = async (...order: (keyof typeof touching)[]) => {
    while (!work.done && errors.length === 0) {
      await db
        .transaction(async (tx) => {
          for (const table of order) {
            await tx.execute(touching[table]);
            await tx.query('SELECT pg_sleep(0.02)');
          }
        })
        .catch((error: unknown) => errors.push(error));
    }
  };
  const writers = [write('zz', 'sums'), write('zz', 'sums')];
  try {
    for (let round = 0; round < 3; round++) await rebuild({ db, source: store, model: twoTables });
  } finally {
    work.done = true;
    await Promise.all(writers);
  }
  expect(errors).toEqual([]);
  expect(await sumsIn(db, name)).toEqual({ sums_a: [10, 10] });
});

describe('it is the cure', () => {
  it('for a migration whose text was changed', async () => {
    const model = sumsModel(name);
    await migrate(db, name, model.migrations.slice(0, 1));
    const changed = {
      ...model,
      migrations: [`${model.migrations[0] ?? ''} -- changed`, ...model.migrations.slice(1)],
    };
    const runner = startRunner(changed);
    const position = await appendMany('sums_a', 0, 2);
    await until(() => runner.status() === 'down');
    await rebuild({ db, source: store, model: changed });
    await until(reached(position));
    await until(async () => (await runner.health()) === null);
    expect(await sumsIn(db, name)).toEqual({ sums_a: [2, 2] });
  });

  it.each([
    ['of another log', 'other', 5n],
    ['beyond the head', null, 1_000_000n],
  ])('for a checkpoint %s', async (_, logId, position) => {
    await appendMany('sums_a', 0, 2);
    await migrate(db, name, sumsModel(name).migrations);
    await db.execute('INSERT INTO passerelle.checkpoints (name, log_id, position) VALUES ($1, $2, $3)', [
      name,
      logId ?? (await store.logId()),
      position,
    ]);
    const runner = startRunner();
    await until(() => runner.status() === 'down');
    await rebuild({ db, source: store, model: sumsModel(name) });
    await until(async () => (await runner.health()) === null);
    expect(await sumsIn(db, name)).toEqual({ sums_a: [2, 2] });
  });

  it('for a read model that never ran', async () => {
    await appendMany('sums_a', 0, 2);
    await rebuild({ db, source: store, model: sumsModel(name) });
    expect(await sumsIn(db, name)).toEqual({ sums_a: [2, 2] });
    expect(await readCheckpoint(db, name)).toEqual({
      logId: await store.logId(),
      position: await store.head(),
    });
  });
});

it('leaves the live tables as they are when an event cannot be projected, and says which', async () => {
  startRunner();
  await until(reached(await appendMany('sums_a', 0, 2)));
  const model = { ...sumsModel(name), project: () => Promise.reject(new Error('New rules, old events.')) };
  await expect(rebuild({ db, source: store, model })).rejects.toThrow(
    /^Added \(0 of sums_a.*New rules, old events/,
  );
  expect(await sumsIn(db, name)).toEqual({ sums_a: [2, 2] });
});

it('runs once at a time', async () => {
  await appendMany('sums_a', 0, 400);
  const attempts = await Promise.allSettled(
    [1, 2].map(() => rebuild({ db, source: store, model: sumsModel(name) })),
  );
  const refused = attempts.filter((attempt) => attempt.status === 'rejected');
  expect(refused.map(({ reason }): unknown => reason)).toEqual([expect.any(RebuildRunning)]);
  expect(await sumsIn(db, name)).toEqual({ sums_a: [400, 400] });
});
