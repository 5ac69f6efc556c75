import { PUBLIC_EVENTS, type PublicEvent, publicEventName } from '#contracts';
import type { LedgerContext, LedgerEvent, LedgerTransaction, SyncEvent } from '#domain';
import type { BankDay, RecordedEvent } from '#kernel';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { publicFormOf } from './public-form.js';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const NOW = '2026-11-22T10:00:00.000Z';
const [EVENT, LEDGER, CONNECTION, SYNC, TRANSACTION] = [1, 2, 3, 4, 5].map(uuid) as [
  string,
  string,
  string,
  string,
  string,
];

const context: LedgerContext = {
  tenantId: 't',
  companyId: 'c',
  connectionId: CONNECTION,
  accountId: '1',
  ledgerId: LEDGER,
  provider: 'powens',
  syncId: SYNC,
  trigger: 'webhook',
  windowFrom: '2026-08-24',
  windowTo: '2026-11-22',
};

const transaction: LedgerTransaction = {
  id: TRANSACTION,
  providerAccountId: 'a-1',
  providerTransactionId: 'p-1',
  providerUpdatedAt: NOW,
  status: 'pending',
  bookedOn: null,
  valueOn: null,
  transactedOn: '2026-11-20' as BankDay,
  amount: '-12.30',
  currency: 'EUR',
  label: 'Café',
  originalLabel: null,
  type: 'card',
  counterparty: { name: 'CAFE', account: null, accountScheme: null },
};

const syncContext = { syncId: SYNC, connectionId: CONNECTION, tenantId: 't', companyId: 'c' };
const report = {
  ...syncContext,
  trigger: 'manual' as const,
  attempt: 1,
  requestedAt: NOW,
  startedAt: null,
  endedAt: NOW,
  windowFrom: null,
  windowTo: null,
  counts: { imported: 1, updated: 2, removed: 3, skipped: 4, failed: 5 },
  failures: [],
  accountIds: ['1'],
  pages: 1,
  calls: 1,
  cursorBefore: 'secret cursor',
  cursorAfter: 'secret cursor',
  refreshedAt: NOW,
  gaps: [],
  problems: [],
};

const formOf = ({ type, data }: LedgerEvent | SyncEvent): PublicEvent | null => {
  const place = { id: EVENT, stream: 's', revision: 7n, position: 99n, recordedAt: NOW };
  return publicFormOf({ ...place, type, data, metadata: {} } as unknown as RecordedEvent);
};

/** As it looks on the wire, once its class has nothing against it: no member is wrong, missing or unknown. */
const validFormOf = (event: LedgerEvent | SyncEvent): Record<string, unknown> & { data: object } => {
  const wire = JSON.parse(JSON.stringify(formOf(event))) as { type: string; data: object };
  const name = publicEventName(wire.type);
  if (!name) throw new Error(`${wire.type} is no public event`);
  const instance: object = plainToInstance(PUBLIC_EVENTS[name] as new () => object, wire);
  expect(validateSync(instance, { whitelist: true, forbidNonWhitelisted: true })).toEqual([]);
  return wire;
};

describe('what the other services are told', () => {
  it('of an import: all that they need, in the partition of the ledger', () => {
    const form = validFormOf({
      type: 'TransactionsImported',
      data: { ...context, transactions: [transaction] },
    });
    expect(form).toMatchObject({
      id: EVENT,
      type: 'passerelle.transactions.imported.v1',
      subject: LEDGER,
      partitionkey: `ledger-${LEDGER}`,
      sequence: '7',
      tenantid: 't',
    });
    const { providerAccountId: _a, providerUpdatedAt: _u, ...shown } = transaction;
    const { provider: _p, ...header } = context;
    expect(form.data).toEqual({
      ...header,
      count: 1,
      transactions: [{ ...shown, accountId: '1', countsInTotals: false, removedAt: null }],
    });
  });

  it('of amendments and removals: the transaction as it is now, and why', () => {
    const changes = [{ field: 'label' as const, before: null, after: 'Café' }];
    const amended = validFormOf({
      type: 'TransactionsAmended',
      data: { ...context, amendments: [{ transaction, kind: 'booked', changes }] },
    });
    expect(amended.data).toMatchObject({
      count: 1,
      transactions: [{ kind: 'booked', changes, formerKey: null }],
    });
    const formerKey = { providerAccountId: 'a-0', providerTransactionId: 'p-0', ended: true };
    const moved = validFormOf({
      type: 'TransactionsAmended',
      data: { ...context, amendments: [{ transaction, kind: 're-identified', changes: [], formerKey }] },
    });
    expect(moved.data).toMatchObject({ transactions: [{ kind: 're-identified', formerKey }] });
    const removed = validFormOf({
      type: 'TransactionsRemoved',
      data: { ...context, removedAt: NOW, removals: [{ transaction, reason: 'deleted-by-bank' }] },
    });
    expect(removed.data).toMatchObject({
      transactions: [{ reason: 'deleted-by-bank', transaction: { id: TRANSACTION, removedAt: NOW } }],
    });
  });

  it('of a balance', () => {
    const data = { ...context, balance: '1.00', currency: 'EUR', observedAt: NOW };
    expect(validFormOf({ type: 'BalanceObserved', data })).toMatchObject({
      subject: LEDGER,
      data: { balance: '1.00', currency: 'EUR', observedAt: NOW },
    });
  });

  it('of the end of a run: its counts, and nothing of the provider’s cursors', () => {
    const problems = [{ code: 'rows.unreadable', accountId: null, rowKey: null, count: 5, parameters: {} }];
    const partial = { ...report, status: 'partial' as const, reasons: ['rows.unreadable'], problems };
    const completed = validFormOf({ type: 'SyncCompleted', data: partial });
    expect(completed).toMatchObject({ subject: CONNECTION, partitionkey: `sync-${CONNECTION}` });
    expect(completed.data).toMatchObject({
      id: SYNC,
      status: 'partial',
      errorCode: 'rows.unreadable',
      transactionsImported: 1,
      transactionsUpdated: 2,
      transactionsRemoved: 3,
      transactionsSkipped: 4,
      transactionsFailed: 5,
      evidence: null,
      problems: expect.arrayContaining([
        expect.objectContaining({ code: 'rows.unreadable', actionOwner: 'provider' }),
      ]) as unknown,
    });
    for (const type of ['SyncFailed', 'SyncTimedOut'] as const) {
      const failed = validFormOf({ type, data: { ...report, errorCode: 'a.b', errorMessage: 'Words.' } });
      expect(failed).toMatchObject({
        type: 'passerelle.sync.failed.v1',
        data: { status: 'failure', errorCode: 'a.b', errorMessage: 'Words.' },
      });
      expect(JSON.stringify([completed, failed])).not.toContain('secret cursor');
    }
  });

  it('of nothing else', () => {
    const keys = [
      { id: TRANSACTION, providerAccountId: 'a', providerTransactionId: 'p', providerUpdatedAt: null },
    ].map((key) => ({ ...key, reason: 'absent-from-bank' as const }));
    expect(formOf({ type: 'TransactionKeysEnded', data: { ...context, keys, endedAt: NOW } })).toBeNull();
    const started = { type: 'SyncStarted', data: { ...syncContext, attempt: 1, startedAt: NOW } } as const;
    expect(formOf(started)).toBeNull();
  });
});
