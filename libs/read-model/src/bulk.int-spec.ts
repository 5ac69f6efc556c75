import { engineUrls } from '#testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshName } from '../test/support.js';
import { Database, insertRows, rowsRelation } from './index.js';

const db = new Database(engineUrls().databaseUrl);
const table = freshName('bulk');
const columns = {
  id: 'int',
  day: 'date',
  amount: 'numeric',
  label: 'text',
  extra: 'jsonb',
  position: 'bigint',
  at: 'timestamptz',
};

interface Row {
  id: number;
  day: string | null;
  amount: string;
  label: string | null | undefined;
  extra: unknown;
  position: bigint;
  at: string;
}

const row = (id: number, label: string | null | undefined = `label ${id}`): Row => ({
  id,
  day: '2026-03-29',
  amount: '-12.30',
  label,
  extra: { list: [1, "it's", '{"'], none: null },
  position: 9_007_199_254_740_993n,
  at: '2026-03-29T00:30:00.000Z',
});

beforeAll(() =>
  db.execute(
    `CREATE TABLE ${table} (id int PRIMARY KEY, day date, amount numeric, label text, extra jsonb, position bigint, at timestamptz)`,
  ),
);
afterAll(async () => {
  await db.execute(`DROP TABLE ${table}`);
  await db.close();
});

it('writes rows as they are, awkward texts and nulls included', async () => {
  const awkward = [
    row(1, 'a,b'),
    row(2, '"quoted" \\ {x}'),
    row(3, null),
    row(4, undefined),
    row(5, 'NULL'),
    row(6, ''),
  ];
  expect(await insertRows<Row>(db, { into: table, columns }, awkward)).toBe(6);
  const stored = await db.query<Row>(`SELECT * FROM ${table} ORDER BY id`);
  expect(stored).toEqual(awkward.map((given) => ({ ...given, label: given.label ?? null })));
});

it('stores characters that PostgreSQL cannot hold as the replacement character', async () => {
  const broken = { ...row(9, 'a\u0000b\uD83D'), extra: { label: 'a\u0000b\uD83D' } };
  await insertRows<Row>(db, { into: table, columns }, [broken]);
  expect(await db.query(`SELECT label, extra FROM ${table} WHERE id = 9`)).toEqual([
    { label: 'a\uFFFDb\uFFFD', extra: { label: 'a\uFFFDb\uFFFD' } },
  ]);
  await db.execute(`DELETE FROM ${table} WHERE id = 9`);
});

it('upserts thousands at once', async () => {
  const many = Array.from({ length: 5_000 }, (_, id) => row(id, 'new'));
  const onConflict = 'ON CONFLICT (id) DO UPDATE SET label = excluded.label';
  expect(await insertRows<Row>(db, { into: table, columns, onConflict }, many)).toBe(5_000);
  expect(await db.query(`SELECT count(*) AS n FROM ${table} WHERE label = 'new'`)).toEqual([{ n: 5_000n }]);
  expect(await insertRows<Row>(db, { into: table, columns }, [])).toBe(0);
});

it('gives rows as a relation for any other statement', async () => {
  const given = rowsRelation(
    { id: 'int', label: 'text' },
    [
      { id: 1, label: 'changed' },
      { id: 999_999, label: 'nobody' },
    ],
    'given',
    2,
  );
  const changed = await db.execute(
    `UPDATE ${table} SET label = given.label || $1 FROM ${given.text} WHERE ${table}.id = given.id`,
    ['!', ...given.params],
  );
  expect(changed).toBe(1);
  expect(await db.query(`SELECT label FROM ${table} WHERE id = 1`)).toEqual([{ label: 'changed!' }]);
});

it.each<[string, string]>([
  ['id; drop', 'int'],
  ['id', 'int[]'],
  ['id', 'int); DROP TABLE x; --'],
])('takes no SQL for a column (%s %s)', (name, type) => {
  expect(() => rowsRelation({ [name]: type }, [], 'given')).toThrow(RangeError);
});
