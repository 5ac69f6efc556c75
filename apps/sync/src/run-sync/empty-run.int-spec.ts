import { later } from '#kernel';
import { Database, type Sql } from '#read-model';
import { engineUrls, InMemoryEventStore } from '#testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BEGIN, prepareRuns, rowsOf, runScene } from '../test-run.js';

const statements: string[] = [];

const counted = (sql: Sql): Sql => ({
  query: (text, params) => (statements.push(text), sql.query(text, params)),
  execute: (text, params) => (statements.push(text), sql.execute(text, params)),
});

class CountedDatabase extends Database {
  override query<Row extends object>(text: string, params?: readonly unknown[]): Promise<Row[]> {
    statements.push(text);
    return super.query(text, params);
  }

  override execute(text: string, params?: readonly unknown[]): Promise<number> {
    statements.push(text);
    return super.execute(text, params);
  }

  override transaction<T>(...[work, options]: Parameters<Database['transaction']>): Promise<T> {
    statements.push('BEGIN', 'COMMIT');
    return super.transaction((tx) => work(counted(tx)), options) as Promise<T>;
  }
}

const calls: string[] = [];

class CountedLog extends InMemoryEventStore {
  override append(...args: Parameters<InMemoryEventStore['append']>) {
    calls.push(`append ${args[0]}`);
    return super.append(...args);
  }

  override readStream(...args: Parameters<InMemoryEventStore['readStream']>) {
    // How often it looks whether it is still wanted is a matter of time.
    if (args[0].startsWith('ledger-')) calls.push(`read ${args[0]}`);
    return super.readStream(...args);
  }
}

let db: CountedDatabase;

beforeAll(async () => {
  db = new CountedDatabase(engineUrls().databaseUrl);
  await prepareRuns(db);
});

afterAll(() => db.close());

/** What a run takes that finds nothing after a history of so many rows, of which the bank shows `again` anew. */
const costAfter = async (rows: number, again: number) => {
  const { bank, request, carryOut, setClock, keeper, endOf } = await runScene(db, new CountedLog());
  bank.pages = [rowsOf(rows)];
  await carryOut(await request());
  bank.changes = [rowsOf(again)];
  setClock(later(BEGIN, 3_600_000));
  const syncId = await request();
  statements.length = 0;
  calls.length = 0;
  await carryOut(syncId);
  const cost = { statements: statements.length, calls: calls.length };
  expect(await endOf(syncId)).toMatchObject({ type: 'SyncCompleted', data: { status: 'success' } });
  await keeper.close();
  return cost;
};

describe('a run that finds nothing', () => {
  it('takes four statements, two appends and one look at its ledger, whatever the history', async () => {
    const few = await costAfter(500, 0);
    expect(await costAfter(3_000, 0)).toEqual(few);
    expect(few).toEqual({ statements: 4, calls: 3 });
  });

  it('takes two statements more for each 500 rows that are shown again, and no transaction', async () => {
    const [few, many] = [await costAfter(3_000, 500), await costAfter(3_000, 3_000)];
    expect(many).toEqual({ statements: few.statements + 10, calls: few.calls });
  });
});
