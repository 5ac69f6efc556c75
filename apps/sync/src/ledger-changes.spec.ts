import type { LedgerContext, LedgerEvent, LedgerTransaction } from '#domain';
import { describe, expect, it } from 'vitest';
import { changesOf as changesOfEvents, type LedgerChanges } from './ledger-changes.js';

const contextOf = (syncId: string): LedgerContext => ({
  tenantId: 't',
  companyId: 'c',
  connectionId: 'conn',
  accountId: '1',
  ledgerId: 'led',
  provider: 'powens',
  syncId,
  trigger: 'manual',
  windowFrom: '2026-01-01',
  windowTo: '2026-11-22',
});

const changesOf = (events: readonly LedgerEvent[]): LedgerChanges =>
  changesOfEvents(events.map((event, i) => ({ ...event, revision: BigInt(i) })));

const transaction = (id: string, part: object = {}): LedgerTransaction =>
  ({
    id,
    providerAccountId: 'a',
    providerTransactionId: `p-${id}`,
    providerUpdatedAt: null,
    status: 'booked',
    bookedOn: null,
    valueOn: '2026-11-19',
    transactedOn: '2026-11-18',
    amount: '-1.00',
    currency: 'EUR',
    label: id,
    ...part,
  }) as LedgerTransaction;

const imported = (syncId: string, ...transactions: readonly LedgerTransaction[]) =>
  ({ type: 'TransactionsImported', data: { ...contextOf(syncId), transactions } }) as LedgerEvent;
const amended = (syncId: string, ...transactions: readonly LedgerTransaction[]) =>
  ({
    type: 'TransactionsAmended',
    data: {
      ...contextOf(syncId),
      amendments: transactions.map((each) => ({ transaction: each, kind: 'corrected', changes: [] })),
    },
  }) as unknown as LedgerEvent;
const removed = (syncId: string, ...transactions: readonly LedgerTransaction[]) =>
  ({
    type: 'TransactionsRemoved',
    data: {
      ...contextOf(syncId),
      removedAt: '2026-11-22T10:00:00.000Z',
      removals: transactions.map((each) => ({ transaction: each, reason: 'deleted-by-bank' })),
    },
  }) as unknown as LedgerEvent;
const balance = (text: string) =>
  ({
    type: 'BalanceObserved',
    data: { ...contextOf('s'), balance: text, currency: 'EUR', observedAt: '2026-11-22T10:00:00.000Z' },
  }) as LedgerEvent;

const dayOf = (part: object) => changesOf([imported('s', transaction('x', part))]).entries[0]?.day;

describe('what events do to the rows of a ledger', () => {
  it('is nothing without events', () =>
    expect(changesOf([])).toMatchObject({
      entries: [],
      keys: [],
      removedIds: [],
      endedKeys: [],
      sources: [],
      history: [],
      balance: null,
      counts: [],
    }));

  it('is one row per transaction: its latest form, with the first and the last run that touched it', () => {
    const { entries } = changesOf([
      imported('s1', transaction('x'), transaction('y')),
      amended('s2', transaction('x', { label: 'new' })),
      removed('s3', transaction('x', { label: 'new' })),
    ]);
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      id: 'x',
      label: 'new',
      first_sync_id: 's1',
      last_sync_id: 's3',
      removed_at: '2026-11-22T10:00:00.000Z',
      removed_reason: 'deleted-by-bank',
    });
    expect(entries[1]).toMatchObject({ id: 'y', first_sync_id: 's1', last_sync_id: 's1', removed_at: null });
  });

  it('brings back what was removed and is shown again', () =>
    expect(
      changesOf([
        imported('s1', transaction('x')),
        removed('s2', transaction('x')),
        amended('s3', transaction('x')),
      ]).entries,
    ).toMatchObject([{ removed_at: null, removed_reason: null }]));

  it('files a row under the day it was booked, else its value day, else the day of the deal', () => {
    expect(dayOf({ bookedOn: '2026-11-20' })).toBe('2026-11-20');
    expect(dayOf({})).toBe('2026-11-19');
    expect(dayOf({ valueOn: null })).toBe('2026-11-18');
  });

  it('counts by run, over all its events', () =>
    expect(
      changesOf([
        imported('s1', transaction('x'), transaction('y')),
        imported('s1', transaction('z')),
        amended('s2', transaction('x')),
        removed('s2', transaction('y'), transaction('z')),
      ]).counts,
    ).toEqual([
      { syncId: 's1', imported: 3, updated: 0, removed: 0 },
      { syncId: 's2', imported: 0, updated: 1, removed: 2 },
    ]));

  it('keeps the last balance', () =>
    expect(changesOf([balance('1.00'), balance('2.00')]).balance).toMatchObject({ balance: '2.00' }));
});
