import { randomUUID } from 'node:crypto';
import type { FetchedTransaction, LedgerContext, LedgerEvent, LedgerState } from '#domain';
import { ledger } from '#domain';
import { KurrentEventStore } from '#event-store';
import { type BankDay, streamOf } from '#kernel';
import { Database, migrate } from '#read-model';
import { anyMetadata, engineUrls } from '#testing';
import { array, asyncProperty, assert, constantFrom, integer, record } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catchUpLedger } from '../ledger-catch-up.js';
import { LEDGER, ledgerMigrations } from '../ledger-tables.js';
import { writtenBy } from '../run-outcome.js';
import { AccountImport, StalePages } from './import-account.js';
import { ledgerRows } from './ledger-rows.js';
import type { PageSet } from './page-set.js';
import { Staging } from './staging.js';

type Row = Extract<FetchedTransaction, { kind: 'row' }>;

const NOW = '2026-11-22T10:00:00.000Z';
const DAY = '2026-11-20' as BankDay;

/** Version `version` of the bank's row `n`: what changes is its text, and the provider says when. */
const rowOf = (n: number, version: number): Row => ({
  kind: 'row',
  providerAccountId: 'acc',
  providerTransactionId: `tx-${n}`,
  day: DAY,
  providerUpdatedAt: new Date(Date.UTC(2026, 10, 20, 0, 0, version)).toISOString(),
  content: {
    status: 'booked',
    bookedOn: DAY,
    valueOn: null,
    transactedOn: null,
    amount: '-10.00',
    currency: 'EUR',
    label: `version ${version}`,
    originalLabel: 'THE SAME TEXT',
    type: 'card',
    counterparty: null,
  },
});

let db: Database;
let store: KurrentEventStore;

beforeAll(async () => {
  const { databaseUrl, eventStoreUrl } = engineUrls();
  db = new Database(databaseUrl);
  store = new KurrentEventStore(eventStoreUrl);
  await migrate(db, LEDGER, ledgerMigrations);
  await new Staging(db).prepare();
});

afterAll(async () => {
  await Promise.all([db.close(), store.close()]);
});

const contextFor = (ledgerId: string, syncId: string = randomUUID()): LedgerContext => ({
  tenantId: 't',
  companyId: 'c',
  connectionId: '00000000-0000-4000-8000-000000000001',
  accountId: '1',
  ledgerId,
  provider: 'powens',
  syncId,
  trigger: 'manual',
  windowFrom: '2026-01-01',
  windowTo: '2026-11-22',
});

const stillFeeds = () => Promise.resolve(true);

const pages: PageSet = { syncId: randomUUID(), attempt: 1, providerAccountId: 'acc', wholeDays: null };

const importOf = (ledgerId: string, syncId?: string): AccountImport =>
  new AccountImport({ db, store, stillFeeds }, contextFor(ledgerId, syncId), anyMetadata({ tenantId: 't' }));

const folded = async (ledgerId: string): Promise<LedgerState> => {
  let state = ledger.initialState;
  for await (const { type, data } of store.readStream(streamOf('ledger', ledgerId))) {
    state = ledger.evolve(state, { type, data } as LedgerEvent);
  }
  return state;
};

const project = (ledgerId: string): Promise<bigint> =>
  db.transaction((tx) => catchUpLedger(tx, LEDGER, ledgerId, store));

/** What the log says, and that the rows say the same. */
const labels = async (ledgerId: string): Promise<Record<string, string | null>> => {
  await project(ledgerId);
  const { rows } = await folded(ledgerId);
  const stored = await ledgerRows(db, ledgerId, [...rows.keys()]);
  expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(rows));
  return Object.fromEntries(
    [...rows.values()].map(({ transaction }) => [transaction.providerTransactionId, transaction.label]),
  );
};

/** Fetches again, as a run does, when another run wrote meanwhile. */
const run = async (ledgerId: string, shown: () => readonly Row[], syncId = randomUUID()): Promise<void> => {
  for (;;) {
    const each = importOf(ledgerId, syncId);
    try {
      await each.begin();
      for (const row of shown()) await each.importRows([row], pages, NOW);
      return;
    } catch (error) {
      if (!(error instanceof StalePages)) throw error;
    }
  }
};

describe('an import', () => {
  it('writes what is new once, however often and in whatever portions it is shown', async () => {
    const ledgerId = randomUUID();
    const rows = [1, 2, 3, 4].map((n) => rowOf(n, 1));
    await run(ledgerId, () => rows);
    await run(ledgerId, () => rows.toReversed());
    const each = importOf(ledgerId);
    await each.begin();
    await each.importRows([...rows, ...rows], pages, NOW);
    expect((await folded(ledgerId)).rows.size).toBe(4);
    const events = [];
    for await (const event of store.readStream(streamOf('ledger', ledgerId))) events.push(event);
    expect(events).toHaveLength(4);
  });

  it('refuses pages that were fetched before another run wrote', async () => {
    const ledgerId = randomUUID();
    const slow = importOf(ledgerId);
    await slow.begin();
    await run(ledgerId, () => [rowOf(1, 2)]);
    await expect(slow.importRows([rowOf(1, 1), rowOf(2, 1)], pages, NOW)).rejects.toBeInstanceOf(StalePages);
    expect(await labels(ledgerId)).toEqual({ 'tx-1': 'version 2' });
  });

  it('does not trust pages that say nothing new when another run wrote since they were fetched', async () => {
    const ledgerId = randomUUID();
    await run(ledgerId, () => [rowOf(1, 1)]);
    const each = importOf(ledgerId);
    await each.begin();
    expect(await each.importRows([rowOf(1, 1)], pages, NOW)).toBe(1);
    expect(await each.finish(pages, NOW)).toBeNull();
    const late = importOf(ledgerId);
    await late.begin();
    expect(await late.importRows([rowOf(1, 1)], pages, NOW)).toBe(1);
    await run(ledgerId, () => [rowOf(3, 1)]);
    await expect(late.finish(pages, NOW)).rejects.toBeInstanceOf(StalePages);
  });

  it('goes on where an attempt of the same run was killed, and its counts include what that one wrote', async () => {
    const ledgerId = randomUUID();
    const syncId = randomUUID();
    const killed = importOf(ledgerId, syncId);
    await killed.begin();
    await killed.importRows([rowOf(1, 1), rowOf(2, 1)], pages, NOW);
    const next = importOf(ledgerId, syncId);
    await next.begin();
    await next.importRows([rowOf(1, 1), rowOf(2, 1), rowOf(3, 1)], pages, NOW);
    expect(await writtenBy(db, store, syncId, [ledgerId])).toEqual({ imported: 3, updated: 0, removed: 0 });
    expect(Object.keys(await labels(ledgerId)).toSorted()).toEqual(['tx-1', 'tx-2', 'tx-3']);
  });

  it('finds its own append again when the rows were projected by somebody else meanwhile', async () => {
    const ledgerId = randomUUID();
    const each = importOf(ledgerId);
    await each.begin();
    await each.importRows([rowOf(1, 1)], pages, NOW);
    await project(ledgerId);
    await each.importRows([rowOf(1, 1), rowOf(2, 1)], pages, NOW);
    await project(ledgerId);
    expect(Object.keys(await labels(ledgerId))).toHaveLength(2);
  });

  it('reads what lies between the rows and an event that it is handed', async () => {
    const ledgerId = randomUUID();
    const each = importOf(ledgerId);
    await each.begin();
    await each.importRows([rowOf(1, 1)], pages, NOW);
    await each.importRows([rowOf(2, 1)], pages, NOW);
    await each.importRows([rowOf(3, 1)], pages, NOW);
    const events = [];
    for await (const event of store.readStream(streamOf('ledger', ledgerId))) events.push(event);
    const fresh = randomUUID().replaceAll('-', '');
    const schema = `ledger_${fresh}`;
    await migrate(db, schema, ledgerMigrations);
    const last = events.slice(2);
    const revision = await db.transaction((tx) => catchUpLedger(tx, schema, ledgerId, store, last));
    expect(revision).toBe(2n);
    expect(await db.query(`SELECT id FROM ${schema}.entries`)).toHaveLength(3);
  });

  it('writes a balance only when it changed', async () => {
    const ledgerId = randomUUID();
    for (const balance of ['10.00', '10.00', '11.00']) {
      const each = importOf(ledgerId);
      await each.begin();
      await each.observeBalance(balance, 'EUR', NOW);
    }
    expect((await folded(ledgerId)).balance).toEqual({ balance: '11.00', currency: 'EUR' });
    expect(await project(ledgerId)).toBe(1n);
  });
});

describe('any runs over one ledger, one after the other or at once, some of them killed', () => {
  const action = record({
    kind: constantFrom('run', 'at-once', 'killed', 'project'),
    from: integer({ min: 0, max: 12 }),
    length: integer({ min: 1, max: 8 }),
  });

  it('leave each row in its newest form, once, and rows equal to the log', async () => {
    await assert(
      asyncProperty(array(action, { minLength: 1, maxLength: 8 }), async (actions) => {
        const ledgerId = randomUUID();
        const bank = new Map<number, number>();
        const show = (from: number, length: number) => () =>
          Array.from({ length }, (_, i) => from + i).map((n) => rowOf(n, bank.get(n) ?? 1));
        const shown = new Set<number>();
        for (const { kind, from, length } of actions) {
          for (let n = from; n < from + length; n += 2) bank.set(n, (bank.get(n) ?? 1) + 1);
          if (kind === 'project') {
            await project(ledgerId);
            continue;
          }
          for (let n = from; n < from + length; n += 1) shown.add(n);
          if (kind === 'killed') {
            const killed = importOf(ledgerId);
            await killed.begin();
            await killed.importRows(show(from, Math.ceil(length / 2))(), pages, NOW);
          }
          const others = kind === 'at-once' ? [run(ledgerId, show(from + 1, length)), project(ledgerId)] : [];
          if (kind === 'at-once') shown.add(from + length);
          await Promise.all([run(ledgerId, show(from, length)), ...others]);
        }
        const all = [...shown].toSorted((a, b) => a - b);
        await run(ledgerId, () => all.map((n) => rowOf(n, bank.get(n) ?? 1)));
        expect(await labels(ledgerId)).toEqual(
          Object.fromEntries(all.map((n) => [`tx-${n}`, `version ${bank.get(n) ?? 1}`])),
        );
      }),
      { numRuns: 20 },
    );
  }, 120_000);
});
