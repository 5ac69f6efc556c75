import { randomUUID } from 'node:crypto';
import { TransactionDetailsView } from '#contracts';
import type { LedgerContext, LedgerEvent, LedgerTransaction } from '#domain';
import { KurrentEventStore } from '#event-store';
import { type BankDay, streamOf } from '#kernel';
import { Database, migrate } from '#read-model';
import { anyMetadata, engineUrls } from '#testing';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catchUpLedger } from '../ledger-catch-up.js';
import { LEDGER, ledgerMigrations } from '../ledger-tables.js';
import { getTransaction } from './get-transaction.query.js';

let db: Database;
let store: KurrentEventStore;

beforeAll(async () => {
  const { databaseUrl, eventStoreUrl } = engineUrls();
  db = new Database(databaseUrl);
  store = new KurrentEventStore(eventStoreUrl);
  await migrate(db, LEDGER, ledgerMigrations);
});
afterAll(async () => {
  await Promise.all([db.close(), store.close()]);
});

const DAY = '2026-11-20' as BankDay;
const [FIRST, SECOND] = ['2026-11-21T10:00:00.000Z', '2026-11-22T10:00:00.000Z'];
const CONNECTION = '00000000-0000-4000-8000-000000000001';

let context: LedgerContext;
let pending: LedgerTransaction;
beforeEach(() => {
  context = {
    tenantId: 't1',
    companyId: 'c',
    connectionId: CONNECTION,
    accountId: '42',
    ledgerId: randomUUID(),
    provider: 'powens',
    syncId: randomUUID(),
    trigger: 'manual',
    windowFrom: '2026-08-24',
    windowTo: '2026-11-22',
  };
  pending = {
    id: randomUUID(),
    providerAccountId: 'p1',
    providerTransactionId: '1',
    providerUpdatedAt: null,
    status: 'pending',
    bookedOn: null,
    valueOn: null,
    transactedOn: DAY,
    amount: '-4.50',
    currency: 'EUR',
    label: 'Boulangerie',
    originalLabel: null,
    type: 'card',
    counterparty: null,
  };
});

/** Written to the log and applied to the tables. */
const happened = async (...events: readonly LedgerEvent[]): Promise<void> => {
  const metadata = anyMetadata({ tenantId: 't1' });
  const stream = streamOf('ledger', context.ledgerId);
  await store.append(
    stream,
    'no-stream',
    events.map((event) => ({ ...event, metadata })),
  );
  await db.transaction((tx) => catchUpLedger(tx, LEDGER, context.ledgerId, store));
};

const life = (): readonly [LedgerEvent, LedgerEvent, LedgerEvent] => {
  const booked: LedgerTransaction = {
    ...pending,
    providerTransactionId: '2',
    status: 'booked',
    bookedOn: DAY,
  };
  const changes = [
    { field: 'status' as const, before: 'pending', after: 'booked' },
    { field: 'bookedOn' as const, before: null, after: DAY },
  ];
  const formerKey = { providerAccountId: 'p1', providerTransactionId: '1', ended: true };
  return [
    { type: 'TransactionsImported', data: { ...context, transactions: [pending], importedAt: FIRST } },
    {
      type: 'TransactionsAmended',
      data: {
        ...context,
        amendedAt: SECOND,
        amendments: [{ kind: 'booked', transaction: booked, changes, formerKey }],
      },
    },
    {
      type: 'TransactionsRemoved',
      data: {
        ...context,
        removedAt: SECOND,
        removals: [{ reason: 'absent-from-bank', transaction: booked }],
      },
    },
  ];
};

describe('one transaction', () => {
  it('tells its ids and its whole life, as the contract says', async () => {
    const [imported, amended] = life();
    await happened(imported, amended);
    const details = await getTransaction(db, pending.id, 't1');
    const instance = plainToInstance(TransactionDetailsView, JSON.parse(JSON.stringify(details)) as object);
    expect(validateSync(instance, { whitelist: true, forbidNonWhitelisted: true })).toEqual([]);
    expect(details).toMatchObject({
      id: pending.id,
      accountId: '42',
      ledgerId: context.ledgerId,
      providerTransactionId: '2',
      status: 'booked',
      countsInTotals: true,
      keys: [
        { providerTransactionId: '2', live: true },
        { providerTransactionId: '1', live: false },
      ],
      history: [
        { kind: 'imported', at: FIRST, syncId: context.syncId },
        {
          kind: 'booked',
          at: SECOND,
          providerTransactionId: '2',
          formerKey: { providerTransactionId: '1', ended: true },
          changes: [
            { field: 'status', before: 'pending', after: 'booked' },
            { field: 'bookedOn', before: null, after: DAY },
          ],
        },
      ],
    });
  });

  it('tells why it was removed, and counts no more', async () => {
    await happened(...life());
    expect(await getTransaction(db, pending.id, null)).toMatchObject({
      removedAt: SECOND,
      countsInTotals: false,
      keys: [{ live: false }, { live: false }],
      history: [{ kind: 'imported' }, { kind: 'booked' }, { kind: 'removed', reason: 'absent-from-bank' }],
    });
  });

  it("is nobody else's, and nothing is what no id names", async () => {
    await happened(life()[0]);
    for (const id of [randomUUID(), 'x', '']) {
      await expect(getTransaction(db, id, null)).rejects.toMatchObject({ code: 'transaction.not-found' });
    }
    await expect(getTransaction(db, pending.id, 't2')).rejects.toMatchObject({
      code: 'transaction.not-found',
    });
    expect(await getTransaction(db, pending.id, 't1')).toMatchObject({ id: pending.id });
  });
});
