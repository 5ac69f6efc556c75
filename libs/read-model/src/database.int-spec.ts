import { engineUrls } from '#testing';
import { afterAll, describe, expect, it } from 'vitest';
import { cutConnections, freshName, until } from '../test/support.js';
import { Database, DatabaseUnavailable, sqlState } from './index.js';

const applicationName = freshName('app');
const lost: Error[] = [];
const db = new Database(engineUrls().databaseUrl, {
  applicationName,
  onConnectionLost: (error) => lost.push(error),
});
const admin = new Database(engineUrls().databaseUrl, { poolSize: 1 });
afterAll(() => Promise.all([db.close(), admin.close()]));

const one = async (expression: string): Promise<unknown> => {
  const [row] = await db.query<{ value: unknown }>(`SELECT ${expression} AS value`);
  return row?.value;
};

describe('values', () => {
  it.each<[string, unknown]>([
    [`date '2026-03-29'`, '2026-03-29'],
    [`date '0001-01-01'`, '0001-01-01'],
    [`9223372036854775807::bigint`, 9223372036854775807n],
    [`12.300::numeric`, '12.300'],
    [`5::int`, 5],
    [`null::date`, null],
    [`timestamptz '2026-03-29 02:30:00+02'`, '2026-03-29T00:30:00.000Z'],
    [`timestamptz '2026-01-01 00:00:00.5+00'`, '2026-01-01T00:00:00.500Z'],
    [`timestamptz '2026-01-01 00:00:00.123456+00'`, '2026-01-01T00:00:00.123456Z'],
    [`timestamptz 'infinity'`, 'infinity'],
    [`timestamp '2026-03-29 02:30:00'`, '2026-03-29 02:30:00'],
    [`array[date '2026-03-29', null]`, ['2026-03-29', null]],
    [`array[1, 2]::bigint[]`, [1n, 2n]],
    [`array[timestamptz '2026-01-01 00:00:00+00']`, ['2026-01-01T00:00:00.000Z']],
    [`'{"a": "1.10"}'::jsonb`, { a: '1.10' }],
  ])('%s arrives unshifted', async (expression, value) => {
    expect(await one(expression)).toEqual(value);
  });

  it('are the same in any time zone of the session', async () => {
    await db.transaction(async (tx) => {
      await tx.execute(`SET LOCAL timezone = 'Asia/Kathmandu'`);
      const [row] = await tx.query(
        `SELECT timestamptz '2026-01-01 00:00:00.25+00' AS instant, date '2026-01-01' AS day`,
      );
      expect(row).toEqual({ instant: '2026-01-01T00:00:00.250Z', day: '2026-01-01' });
    });
  });
});

describe('a transaction', () => {
  const table = freshName('tx');
  const rows = async () => (await db.query(`SELECT * FROM ${table}`)).length;

  it('commits what its work did, or nothing of it', async () => {
    await db.execute(`CREATE TABLE ${table} (id int PRIMARY KEY)`);
    expect(await db.transaction((tx) => tx.execute(`INSERT INTO ${table} VALUES (1), (2)`))).toBe(2);
    const failing = db.transaction(async (tx) => {
      await tx.execute(`INSERT INTO ${table} VALUES (3)`);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await rows()).toBe(2);
  });

  it('does not claim a commit after a failure that its work ignored', async () => {
    const careless = db.transaction(async (tx) => {
      await tx.execute(`INSERT INTO ${table} VALUES (4)`);
      await tx.execute(`INSERT INTO ${table} VALUES (4)`).catch(() => undefined);
    });
    await expect(careless).rejects.toThrow('rolled back');
    expect(await rows()).toBe(2);
  });

  it('tells the SQLSTATE of a refused statement, which is no unavailability', async () => {
    const error: unknown = await db
      .execute(`INSERT INTO ${table} VALUES (1)`)
      .catch((reason: unknown) => reason);
    expect(sqlState(error)).toBe('23505');
    expect(error).not.toBeInstanceOf(DatabaseUnavailable);
    await db.execute(`DROP TABLE ${table}`);
  });
});

describe('a broken connection', () => {
  it('is noticed while idle and replaced', async () => {
    await db.ping();
    await cutConnections(admin, applicationName);
    await until(() => lost.length > 0);
    await expect(db.ping()).resolves.toBeUndefined();
  });

  it('fails the transaction in hand as unavailable, and the next one works', async () => {
    const cut = db.transaction(async (tx) => {
      await tx.query('SELECT 1');
      await cutConnections(admin, applicationName);
      await tx.query('SELECT 1');
    });
    await expect(cut).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(await db.transaction((tx) => tx.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  it('while no statement runs fails the next one, and not the process', async () => {
    const cut = db.transaction(async (tx) => {
      await tx.query('SELECT 1');
      await cutConnections(admin, applicationName);
      const [before] = await admin.query<{ n: bigint }>('SELECT count(*) AS n FROM pg_stat_activity');
      expect(before?.n).toBeGreaterThan(0n);
    });
    await expect(cut).rejects.toBeInstanceOf(DatabaseUnavailable);
  });

  it('that was never there is unavailable too', async () => {
    const nowhere = new Database('postgresql://nobody:canary@127.0.0.1:1/none');
    for (const attempt of [
      nowhere.ping(),
      nowhere.transaction(() => Promise.resolve()),
      nowhere.connectAlone(),
    ]) {
      const error: unknown = await attempt.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DatabaseUnavailable);
      expect(String(error)).not.toContain('canary');
    }
    await nowhere.close();
  });
});
