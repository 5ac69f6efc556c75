import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Store } from '../store.js';
import { listTransactions } from './list-transactions.js';
import { parseTransactionQuery } from './transaction-query.js';

const scope = { column: 'id_account', id: 8801 } as const;
const folder = mkdtempSync(join(tmpdir(), 'sandbox-bank-'));
let store: Store;

beforeAll(() => {
  store = new Store(folder);
});
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const insert = (day: number): number =>
  store.run(
    `INSERT INTO transactions (id_user, id_connection, id_account, row_id, date, application_date, value, coming,
       content, date_scraped, last_update, version)
     VALUES (1, 1, ?, 1, ?, '2026-01-01', 1, 0, '"value":1', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1)`,
    scope.id,
    `2026-01-${String(day).padStart(2, '0')}`,
  ).id;

const page = (parameters: Record<string, string | undefined>) =>
  listTransactions(store, scope, parseTransactionQuery(parameters));

const days = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 });

describe('paging by cursor', () => {
  it('visits every row once, in order, whatever is inserted or deleted meanwhile', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 7 }), days, (atFirst, limit, meanwhile) => {
        store.run('DELETE FROM transactions');
        const ids = atFirst.map(insert);
        const late = [...meanwhile];
        const seen: { id: number; date: string }[] = [];
        let cursor: string | undefined;
        do {
          const { rows, next } = page({ limit: String(limit), cursor });
          seen.push(...rows);
          expect(seen.length).toBeLessThan(100);
          cursor = next ?? undefined;
          const day = late.pop();
          if (day !== undefined) insert(day);
        } while (cursor !== undefined);
        const seenIds = seen.map(({ id }) => id);
        expect(new Set(seenIds).size).toBe(seenIds.length);
        expect(ids.filter((id) => !seenIds.includes(id))).toEqual([]);
        const inOrder = seen.toSorted((a, b) => (a.date === b.date ? a.id - b.id : a.date < b.date ? 1 : -1));
        expect(seen).toEqual(inOrder);
      }),
      { numRuns: 60 },
    );
  });

  it('goes back the way it came', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 7 }), (inserted, limit) => {
        store.run('DELETE FROM transactions');
        inserted.forEach(insert);
        const first = page({ limit: String(limit) });
        expect(first.prev).toBeNull();
        if (first.next === null) return;
        const second = page({ limit: String(limit), cursor: first.next });
        const back = page({ limit: String(limit), cursor: second.prev ?? undefined });
        expect(back.rows.map(({ id }) => id)).toEqual(first.rows.map(({ id }) => id));
        expect(back.next).toBe(first.next);
      }),
      { numRuns: 40 },
    );
  });
});
