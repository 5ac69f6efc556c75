import { engineUrls } from '#testing';
import { afterAll, expect, it } from 'vitest';
import { freshName } from '../test/support.js';
import { Database, migrate, MigrationMismatch } from './index.js';

const db = new Database(engineUrls().databaseUrl);
const others = Array.from({ length: 4 }, () => new Database(engineUrls().databaseUrl, { poolSize: 1 }));
afterAll(() => Promise.all([db, ...others].map((database) => database.close())));

const first = 'CREATE TABLE {schema}.things (id int); INSERT INTO {schema}.things VALUES (1)';
const second = 'INSERT INTO {schema}.things SELECT count(*) + 1 FROM {schema}.things';

const ids = async (schema: string) =>
  (await db.query<{ id: number }>(`SELECT id FROM ${schema}.things ORDER BY id`)).map(({ id }) => id);

it('applies each text once, in order, also those that come later', async () => {
  const schema = freshName('mig');
  await migrate(db, schema, [first]);
  await migrate(db, schema, [first, second]);
  await migrate(db, schema, [first, second]);
  expect(await ids(schema)).toEqual([1, 2]);
});

it('bears processes that start at the same moment', async () => {
  const schema = freshName('mig');
  await Promise.all([db, ...others].map((database) => migrate(database, schema, [first, second])));
  expect(await ids(schema)).toEqual([1, 2]);
});

it('refuses a text that was changed after it had been applied, and names the cure', async () => {
  const schema = freshName('mig');
  await migrate(db, schema, [first, second]);
  const changed = migrate(db, schema, [first, `${second} `]);
  await expect(changed).rejects.toBeInstanceOf(MigrationMismatch);
  await expect(changed).rejects.toThrow(`Migration 2 of schema "${schema}" was changed`);
  await expect(changed).rejects.toThrow(`npm run passerelle -- rebuild ${schema}`);
});

it('refuses tables of a newer program', async () => {
  const schema = freshName('mig');
  await migrate(db, schema, [first, second]);
  await expect(migrate(db, schema, [first])).rejects.toThrow('a newer version wrote it');
});

it('leaves nothing of a list that fails in the middle', async () => {
  const schema = freshName('mig');
  await expect(migrate(db, schema, [first, 'SELECT nonsense'])).rejects.toThrow('nonsense');
  await migrate(db, schema, [first]);
  expect(await ids(schema)).toEqual([1]);
});

it.each(['Upper', 'a-b', 'a;drop', ''])('refuses %j as a schema', async (name) => {
  await expect(migrate(db, name, [])).rejects.toThrow('no usable name');
});
