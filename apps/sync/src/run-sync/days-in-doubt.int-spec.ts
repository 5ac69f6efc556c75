import type { FetchedTransaction } from '#domain';
import { later } from '#kernel';
import { Database } from '#read-model';
import { engineUrls, InMemoryEventStore } from '#testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BEGIN, prepareRuns, rowsOf, runScene } from '../test-run.js';

let db: Database;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await prepareRuns(db);
});

afterAll(() => db.close());

const again = (rows: readonly FetchedTransaction[]): readonly FetchedTransaction[] =>
  rows.map((row) =>
    row.kind === 'row' ? { ...row, providerTransactionId: `again-${row.providerTransactionId}` } : row,
  );

/** What the second run counts, an hour after one that saw `first`: the bank tells of `changes`, and has `all`. */
const secondRun = async (
  first: readonly FetchedTransaction[],
  changes: readonly FetchedTransaction[],
  all: readonly FetchedTransaction[],
) => {
  const { bank, request, carryOut, setClock, endOf, keeper } = await runScene(db, new InMemoryEventStore());
  bank.pages = [first];
  await carryOut(await request());
  bank.changes = [changes];
  bank.pages = [all];
  setClock(later(BEGIN, 3_600_000));
  const syncId = await request();
  await carryOut(syncId);
  await keeper.close();
  return endOf(syncId);
};
const unreadable = (rowKey: string): FetchedTransaction => ({
  kind: 'unreadable',
  providerAccountId: 'acc',
  day: null,
  rowKey,
  reason: 'bad-date',
  field: 'date',
});
const ended = (counts: object, status = 'success') => ({
  type: 'SyncCompleted',
  data: { status, counts: expect.objectContaining(counts) },
});

describe('a row among the changes that is equal to a standing one', () => {
  const rows = rowsOf(4);

  it('is the same under a new id, when the bank does not show the former one any more', async () => {
    const end = await secondRun(rows, again(rows), again(rows));
    expect(end).toMatchObject(ended({ imported: 0, updated: 4, removed: 0 }));
  });

  it('is a second one, when the bank shows both', async () => {
    const second = again(rows.slice(0, 1));
    const end = await secondRun(rows, second, [...rows, ...second]);
    expect(end).toMatchObject(ended({ imported: 1, updated: 0, removed: 0 }));
  });

  it('is one of each, when the bank issued one anew and has a second one', async () => {
    const [one] = again(rows.slice(0, 1));
    const [two] = again(again(rows.slice(0, 1)));
    if (!one || !two) throw new Error('There is no row.');
    const end = await secondRun(rows, [one, two], [...rows.slice(1), one, two]);
    expect(end).toMatchObject(ended({ imported: 1, updated: 1, removed: 0 }));
  });

  it('is the same under a new id, while another row cannot be read but for its id', async () => {
    const shown = [...again(rows), unreadable('7')];
    const end = await secondRun(rows, again(rows), shown);
    expect(end).toMatchObject(ended({ imported: 0, updated: 4, removed: 0, failed: 1 }, 'partial'));
  });

  it('is a second one while a row cannot be read that may be the first one, under the former id', async () => {
    const shown = [...again(rows), unreadable('f'.repeat(64))];
    const end = await secondRun(rows, again(rows), shown);
    expect(end).toMatchObject(ended({ imported: 4, updated: 0, removed: 0, failed: 1 }, 'partial'));
  });
});
