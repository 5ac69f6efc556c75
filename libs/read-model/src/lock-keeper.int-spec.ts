import { engineUrls } from '#testing';
import { afterEach, expect, it } from 'vitest';
import { cutConnections, freshName, until } from '../test/support.js';
import { Database, DatabaseUnavailable, LockKeeper } from './index.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

/** Two processes, as far as PostgreSQL can tell. */
const processOf = (applicationName: string) => {
  const db = new Database(engineUrls().databaseUrl, { applicationName });
  const keeper = new LockKeeper(db);
  open.push(db, keeper);
  return { db, keeper };
};

it('gives a lock to one holder: among processes, and within one', async () => {
  const [one, two] = [processOf('one').keeper, processOf('two').keeper];
  const name = freshName('lock');
  const lock = await one.tryLock(name);
  expect(lock?.name).toBe(name);
  expect(await two.tryLock(name)).toBeNull();
  expect(await one.tryLock(name)).toBeNull();
  expect(await one.tryLock(freshName('lock'))).not.toBeNull();
  await lock?.release();
  const next = await two.tryLock(name);
  expect(next).not.toBeNull();
  expect(lock?.lost.aborted).toBe(false);
});

it('gives it once to many who ask at the same moment', async () => {
  const [a, b] = [processOf('a').keeper, processOf('b').keeper];
  const name = freshName('lock');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? a : b).tryLock(name)));
  expect(answers.filter((lock) => lock !== null)).toHaveLength(1);
});

it('can be probed without taking it', async () => {
  const [one, two] = [processOf('one').keeper, processOf('two').keeper];
  const name = freshName('lock');
  expect(await two.isLocked(name)).toBe(false);
  const lock = await one.tryLock(name);
  expect(await two.isLocked(name)).toBe(true);
  expect(await one.isLocked(name)).toBe(true);
  await lock?.release();
  await lock?.release();
  expect(await two.isLocked(name)).toBe(false);
});

it('tells of a lock that was lost with its connection, and takes it again on a new one', async () => {
  const applicationName = freshName('app');
  const { keeper } = processOf(applicationName);
  const admin = processOf('admin');
  const name = freshName('lock');
  const lock = await keeper.tryLock(name);
  await cutConnections(admin.db, applicationName);
  await until(() => lock?.lost.aborted);
  expect(lock?.lost.reason).toBeInstanceOf(DatabaseUnavailable);
  const again = await keeper.tryLock(name);
  expect(again?.lost.aborted).toBe(false);
  await lock?.release();
  expect(await admin.keeper.isLocked(name)).toBe(true);
});

it('uses one connection for all locks', async () => {
  const applicationName = freshName('app');
  const { keeper } = processOf(applicationName);
  await Promise.all(Array.from({ length: 10 }, () => keeper.tryLock(freshName('lock'))));
  const { db } = processOf('admin');
  const rows = await db.query('SELECT 1 FROM pg_stat_activity WHERE application_name = $1', [
    applicationName,
  ]);
  expect(rows).toHaveLength(1);
});

it('releases everything when closed', async () => {
  const { keeper } = processOf('one');
  const name = freshName('lock');
  const lock = await keeper.tryLock(name);
  await keeper.close();
  expect(lock?.lost.aborted).toBe(true);
  const other = processOf('two').keeper;
  await until(async () => (await other.tryLock(name)) !== null);
  await expect(keeper.tryLock(name)).rejects.toBeInstanceOf(DatabaseUnavailable);
});
