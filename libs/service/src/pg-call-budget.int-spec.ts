import { Database } from '#read-model';
import { ownDatabaseUrl } from '#testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PgCallBudget } from './pg-call-budget.js';

const databases: Database[] = [];
let url: string;
beforeAll(async () => {
  url = await ownDatabaseUrl();
});
afterAll(() => Promise.all(databases.map((each) => each.close())));

/** As another process has it: with connections of its own. */
const budget = async (perMinute = 30): Promise<PgCallBudget> => {
  const db = new Database(url);
  databases.push(db);
  const made = new PgCallBudget(db, perMinute);
  await made.prepare();
  return made;
};
const person = { domain: 'acme-sandbox.biapi.pro', connection: 'c1', attended: true };

it('two processes that ask at the same time get one budget between them, which a restart does not refill', async () => {
  const [one, two] = [await budget(), await budget()];
  const waits = await Promise.all(
    Array.from({ length: 60 }, (_, nth) => (nth % 2 === 0 ? one : two).take(person)),
  );
  expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(30);
  const restarted = await budget();
  const waitMs = await restarted.take(person);
  expect(waitMs).toBeGreaterThan(0);
  expect(waitMs).toBeLessThanOrEqual(60_000);
  expect(await restarted.take({ ...person, domain: 'other-sandbox.biapi.pro' })).toBe(0);
});
