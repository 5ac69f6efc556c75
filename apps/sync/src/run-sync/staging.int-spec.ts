import { randomUUID } from 'node:crypto';
import type { FetchedTransaction } from '#domain';
import type { BankDay } from '#kernel';
import { Database } from '#read-model';
import { engineUrls } from '#testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Staging } from './staging.js';

let db: Database;
let staging: Staging;
let syncId: string;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  staging = new Staging(db);
  await staging.prepare();
});
afterAll(() => db.close());
beforeEach(() => {
  syncId = randomUUID();
});

const rowOf = (n: number): FetchedTransaction => ({
  kind: 'row',
  providerAccountId: 'acc',
  providerTransactionId: `tx-${n}`,
  day: '2026-11-20' as BankDay,
  providerUpdatedAt: null,
  content: {
    status: 'booked',
    bookedOn: '2026-11-20' as BankDay,
    valueOn: null,
    transactedOn: null,
    amount: '1.00',
    currency: 'EUR',
    label: null,
    originalLabel: null,
    type: 'transfer',
    counterparty: null,
  },
});

const stage = async (attempt: number, ...numbers: number[]): Promise<void> => {
  await staging.begin(syncId, attempt);
  await staging.add(syncId, attempt, numbers.map(rowOf));
};

const rowsOf = async (attempt: number): Promise<number> => {
  let count = 0;
  for await (const chunk of staging.chunks(syncId, attempt, 'acc')) count += chunk.length;
  return count;
};

describe('the pages of one attempt', () => {
  it('are whole from the begin on', async () => {
    await stage(1, 1, 2, 3);
    expect(await staging.summary(syncId, 1)).toMatchObject({ readable: 3, failed: 0, isWhole: true });
  });

  it('are known to be incomplete after a crash of PostgreSQL, also when more was staged since', async () => {
    await stage(1, 1, 2, 3);
    // What the recovery does to unlogged tables; here to the rows of this run alone.
    for (const table of ['rows', 'failures', 'begun']) {
      await db.execute(`DELETE FROM sync_staging.${table} WHERE sync_id = $1`, [syncId]);
    }
    await staging.add(syncId, 1, [rowOf(4)]);
    expect(await staging.summary(syncId, 1)).toMatchObject({ readable: 1, isWhole: false });
  });

  it('are forgotten when the same attempt fetches anew', async () => {
    await stage(1, 1, 2, 3);
    await stage(1, 4);
    expect(await rowsOf(1)).toBe(1);
  });
});

describe('an attempt that was overtaken by a later one', () => {
  it('takes nothing from the later one, neither by fetching anew nor by ending', async () => {
    await stage(2, 1, 2, 3);
    await stage(1, 1);
    await staging.clear(syncId, 1);
    expect(await staging.summary(syncId, 2)).toMatchObject({ readable: 3, isWhole: true });
    expect(await rowsOf(2)).toBe(3);
  });

  it('learns that its own pages are gone', async () => {
    await stage(1, 1, 2, 3);
    await stage(2, 1);
    expect(await staging.summary(syncId, 1)).toMatchObject({ isWhole: false });
  });
});

it('forgets everything of a run that has ended', async () => {
  await stage(1, 1);
  await stage(2, 1);
  await staging.clear(syncId);
  expect([await rowsOf(1), await rowsOf(2)]).toEqual([0, 0]);
});
