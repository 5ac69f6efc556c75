import { engineUrls } from '#testing';
import { afterAll, expect, it } from 'vitest';
import { freshName } from '../test/support.js';
import { Database, PgSnapshots } from './index.js';

const db = new Database(engineUrls().databaseUrl);
afterAll(() => db.close());

it('keeps the newest state of a stream', async () => {
  const [snapshots, stream] = [new PgSnapshots(db, 'v1'), freshName('stream')];
  expect(await snapshots.load(stream)).toBeNull();
  await snapshots.save(stream, 9_007_199_254_740_993n, { status: 'active', list: ['a', null] });
  await snapshots.save(stream, 3n, { status: 'older' });
  expect(await snapshots.load(stream)).toEqual({
    revision: 9_007_199_254_740_993n,
    state: { status: 'active', list: ['a', null] },
  });
});

it('does not see a state of another version, and replaces it', async () => {
  const stream = freshName('stream');
  const [before, after] = [new PgSnapshots(db, 'v1'), new PgSnapshots(db, 'v2')];
  await before.save(stream, 10n, { shape: 'old' });
  expect(await after.load(stream)).toBeNull();
  await after.save(stream, 4n, 'a bare text');
  expect(await after.load(stream)).toEqual({ revision: 4n, state: 'a bare text' });
  expect(await before.load(stream)).toBeNull();
});

it('is nothing but a cache: without PostgreSQL there is no snapshot, and somebody is told', async () => {
  const nowhere = new Database('postgresql://nobody@127.0.0.1:1/none');
  const failures: unknown[] = [];
  const snapshots = new PgSnapshots(nowhere, 'v1', { onFailure: (error) => failures.push(error) });
  expect(await snapshots.load('s')).toBeNull();
  await snapshots.save('s', 1n, {});
  expect(failures).toHaveLength(2);
  await nowhere.close();
});
