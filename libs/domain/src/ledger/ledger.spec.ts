import { describe, expect, it } from 'vitest';
import type { BankDay } from '#kernel';
import { given, stateAfter } from '#testing';
import type { TransactionContent } from '../bank-transaction.js';
import { type IdentifiedRow, type ImportRows, ledger, type ObserveBalance } from './ledger.js';
import type { Amendment, LedgerContext, LedgerEvent, LedgerTransaction } from './ledger.events.js';

const context: LedgerContext = {
  tenantId: 't1',
  companyId: 'co1',
  connectionId: 'c1',
  accountId: 'acc1',
  ledgerId: 'l1',
  provider: 'powens',
  syncId: 's1',
  trigger: 'manual',
  windowFrom: '2026-03-01',
  windowTo: '2026-06-01',
};
const NOW = '2026-06-01T08:00:00.000Z';
const DAY = '2026-05-04' as BankDay;
const content: TransactionContent = {
  status: 'booked',
  bookedOn: DAY,
  valueOn: null,
  transactedOn: null,
  amount: '-4.50',
  currency: 'EUR',
  label: 'Boulangerie',
  originalLabel: 'CB BOULANGERIE 04/05',
  type: 'card',
  counterparty: null,
};
const key = (id: string) => ({ providerAccountId: 'a1', providerTransactionId: `p-${id}` });

const row = (
  id: string,
  change: Partial<TransactionContent> = {},
  providerUpdatedAt: string | null = null,
): IdentifiedRow => ({
  id,
  row: { kind: 'row', ...key(id), day: DAY, providerUpdatedAt, content: { ...content, ...change } },
});
const deleted = (id: string, providerUpdatedAt: string | null = null): IdentifiedRow => ({
  id,
  row: { kind: 'deleted', ...key(id), day: DAY, providerUpdatedAt },
});
const transaction = (
  id: string,
  change: Partial<TransactionContent> = {},
  providerUpdatedAt: string | null = null,
): LedgerTransaction => ({ id, ...key(id), providerUpdatedAt, ...content, ...change });

const importing = (...rows: readonly IdentifiedRow[]): ImportRows => ({
  type: 'ImportRows',
  context,
  reading: { providerAccountId: 'a1', gone: new Set(), absent: new Set<string>(), feeding: new Set() },
  rows,
  now: NOW,
});
const imported = (...transactions: readonly LedgerTransaction[]): LedgerEvent => ({
  type: 'TransactionsImported',
  data: { ...context, transactions, importedAt: NOW },
});
const amended = (...amendments: readonly Amendment[]): LedgerEvent => ({
  type: 'TransactionsAmended',
  data: { ...context, amendments, amendedAt: NOW },
});
const removed = (...transactions: readonly LedgerTransaction[]): LedgerEvent => ({
  type: 'TransactionsRemoved',
  data: {
    ...context,
    removals: transactions.map((gone) => ({ reason: 'deleted-by-bank', transaction: gone })),
    removedAt: NOW,
  },
});

describe('a row that the ledger does not hold', () => {
  it('is imported, complete', () => {
    given(ledger)
      .when(importing(row('x', {}, '2026-05-05T06:00:00Z')))
      .thenEvents(imported(transaction('x', {}, '2026-05-05T06:00:00Z')));
  });

  it('is imported beside its twin: two equal purchases are two (pain B1)', () => {
    given(ledger)
      .when(importing(row('x'), row('y')))
      .thenEvents(imported(transaction('x'), transaction('y')));
    given(ledger, imported(transaction('x')))
      .when(importing(row('x'), row('y')))
      .thenEvents(imported(transaction('y')));
  });

  it('is imported once, in its newest form, when one page set shows it twice', () => {
    const older = row('x', { amount: '-4.00' }, '2026-05-05T06:00:00Z');
    const newer = row('x', {}, '2026-05-05T07:00:00Z');
    const expected = imported(transaction('x', {}, '2026-05-05T07:00:00Z'));
    given(ledger).when(importing(older, newer)).thenEvents(expected);
    given(ledger).when(importing(newer, older)).thenEvents(expected);
  });

  it('is not imported when the same page set says that the bank took it back', () => {
    given(ledger)
      .when(importing(row('x'), deleted('x')))
      .thenNothing();
    given(ledger)
      .when(importing(deleted('x')))
      .thenNothing();
  });

  it('may be none: an empty page set is a result (pain F5)', () => {
    given(ledger).when(importing()).thenNothing();
  });
});

describe('a row that the ledger holds', () => {
  const held = imported(transaction('x'), transaction('y'));

  it('is no news when nothing of it changed, whoever reads it', () => {
    given(ledger, held)
      .when(importing(row('y'), row('x')))
      .thenNothing();
    given(ledger, held)
      .when({ ...importing(row('x')), context: { ...context, syncId: 's2', trigger: 'webhook' } })
      .thenNothing();
  });

  it('is no news when only the time of its last change moved', () => {
    given(ledger, held)
      .when(importing(row('x', {}, '2026-05-09T00:00:00Z')))
      .thenNothing();
  });

  it('is amended with the difference of each field', () => {
    const counterparty = { name: 'Au bon pain', account: null, accountScheme: null };
    const change = { amount: '-5.00', label: null, counterparty };
    given(ledger, held)
      .when(importing(row('x', change)))
      .thenEvents(
        amended({
          kind: 'corrected',
          transaction: transaction('x', change),
          changes: [
            { field: 'amount', before: '-4.50', after: '-5.00' },
            { field: 'label', before: 'Boulangerie', after: null },
            { field: 'counterparty', before: null, after: counterparty },
          ],
        }),
      );
  });

  it.each([
    ['status', 'pending'], ['bookedOn', '2026-05-06'], ['valueOn', DAY], ['transactedOn', DAY], ['amount', '0.00'],
    ['currency', 'USD'], ['label', ''], ['originalLabel', null], ['type', 'fee'],
    ['counterparty', { name: null, account: null, accountScheme: null }],
  ] as const)('is amended when its %s changes', (field, after) => {
    given(ledger, held)
      .when(importing(row('x', { [field]: after })))
      .thenEvents(
        amended({
          kind: 'corrected',
          transaction: transaction('x', { [field]: after }),
          changes: [{ field, before: content[field], after }],
        }),
      );
  }); // prettier-ignore

  it('is compared by value: the order of members is no change', () => {
    const one = { name: 'A', account: 'FR76', accountScheme: 'iban' };
    const other = { accountScheme: 'iban', account: 'FR76', name: 'A' };
    given(ledger, imported(transaction('x', { counterparty: one })))
      .when(importing(row('x', { counterparty: other })))
      .thenNothing();
  });

  it('that was pending becomes booked, and stays one transaction (pain A1)', () => {
    const pending = { status: 'pending', bookedOn: null, transactedOn: DAY } as const;
    given(ledger, imported(transaction('x', pending)))
      .when(importing(row('x', { amount: '-4.75' })))
      .thenEvents(
        amended({
          kind: 'booked',
          transaction: transaction('x', { amount: '-4.75' }),
          changes: [
            { field: 'status', before: 'pending', after: 'booked' },
            { field: 'bookedOn', before: null, after: DAY },
            { field: 'transactedOn', before: DAY, after: null },
            { field: 'amount', before: '-4.50', after: '-4.75' },
          ],
        }),
      );
  });

  it('does not hide its neighbours: one command imports, amends and removes', () => {
    given(ledger, held)
      .when(importing(row('z'), row('x', { amount: '1.00' }), deleted('y')))
      .thenEvents(
        imported(transaction('z')),
        amended({
          kind: 'corrected',
          transaction: transaction('x', { amount: '1.00' }),
          changes: [{ field: 'amount', before: '-4.50', after: '1.00' }],
        }),
        removed(transaction('y')),
      );
  });
});

describe("a provider's older word", () => {
  const held = imported(transaction('x', {}, '2026-05-05T10:00:00.500Z'));

  it('does not undo a newer one', () => {
    given(ledger, held)
      .when(importing(row('x', { amount: '-9.00' }, '2026-05-05T10:00:00.499Z')))
      .thenNothing();
    given(ledger, held)
      .when(importing(deleted('x', '2026-05-04T00:00:00Z')))
      .thenNothing();
  });

  it('is told by the instant, not by the text of it', () => {
    given(ledger, held)
      .when(importing(row('x', { amount: '-9.00' }, '2026-05-05T10:00:00Z')))
      .thenNothing();
    const whole = imported(transaction('x', {}, '2026-05-05T10:00:00Z'));
    expect(
      ledger.decide(
        importing(row('x', { amount: '-9.00' }, '2026-05-05T10:00:00.500Z')),
        stateAfter(ledger, whole),
      ),
    ).toMatchObject([{ type: 'TransactionsAmended' }]);
  });

  it.each([
    ['the same time', '2026-05-05T10:00:00.500Z'],
    ['no time', null],
  ])('is unknown when the provider gives %s: then the word that came last counts', (_, at) => {
    expect(
      ledger.decide(importing(row('x', { amount: '-9.00' }, at)), stateAfter(ledger, held)),
    ).toMatchObject([{ type: 'TransactionsAmended' }]);
  });

  it('does not bring back what the bank took back since', () => {
    const gone = removed(transaction('x', {}, '2026-05-07T00:00:00Z'));
    given(ledger, held)
      .when(importing(deleted('x', '2026-05-07T00:00:00Z')))
      .thenEvents(gone);
    given(ledger, held, gone)
      .when(importing(row('x', {}, '2026-05-05T10:00:00.500Z')))
      .thenNothing();
    given(ledger, held, gone)
      .when(importing(row('x', { amount: '1.00' }, '2026-05-06T00:00:00Z')))
      .thenNothing();
  });
});

describe('a removal', () => {
  const held = imported(transaction('x'), transaction('y'));
  const gone = removed(transaction('x'));

  it('keeps the transaction as it was last known, and happens once', () => {
    given(ledger, held)
      .when(importing(deleted('x')))
      .thenEvents(gone);
    given(ledger, held, gone)
      .when(importing(deleted('x')))
      .thenNothing();
  });

  it('swallows no near neighbour (pain B4)', () => {
    given(ledger, held, gone)
      .when(importing(row('z'), row('y')))
      .thenEvents(imported(transaction('z')));
  });

  it('is undone when the bank shows the row again, changed or not', () => {
    given(ledger, held, gone)
      .when(importing(row('x')))
      .thenEvents(amended({ kind: 'restored', transaction: transaction('x'), changes: [] }));
    const back = amended({ kind: 'restored', transaction: transaction('x'), changes: [] });
    given(ledger, held, gone, back)
      .when(importing(row('x')))
      .thenNothing();
    given(ledger, held, gone)
      .when(importing(row('x', { label: 'B' })))
      .thenEvents(
        amended({
          kind: 'restored',
          transaction: transaction('x', { label: 'B' }),
          changes: [{ field: 'label', before: 'Boulangerie', after: 'B' }],
        }),
      );
  });
});

/** How many rows each event carries. */
const sizes = (events: readonly LedgerEvent[]): readonly number[] =>
  events.map(({ data }) => {
    if ('transactions' in data) return data.transactions.length;
    if ('amendments' in data) return data.amendments.length;
    return 'removals' in data ? data.removals.length : 0;
  });

describe('one event', () => {
  const many = Array.from({ length: 1001 }, (_, i) => `n${i}`);

  it('holds at most 500 transactions, whatever happened to them', () => {
    const all = imported(...many.map((id) => transaction(id)));
    const state = stateAfter(ledger, all);
    expect(sizes(ledger.decide(importing(...many.map((id) => row(id))), ledger.initialState))).toEqual([
      500, 500, 1,
    ]);
    expect(sizes(ledger.decide(importing(...many.map((id) => row(id, { label: null }))), state))).toEqual([
      500, 500, 1,
    ]);
    expect(sizes(ledger.decide(importing(...many.map((id) => deleted(id))), state))).toEqual([500, 500, 1]);
  });

  it('stays below 512 KiB', () => {
    const rows = many.slice(0, 400).map((id) => row(id, { originalLabel: '€'.repeat(1000) }));
    const events = ledger.decide(importing(...rows), ledger.initialState);
    expect(sizes(events).reduce((a, b) => a + b)).toBe(400);
    expect(events.length).toBeGreaterThan(2);
    for (const event of events) expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(512 * 1024);
  });
});

describe('a balance', () => {
  const observe: ObserveBalance = {
    type: 'ObserveBalance',
    context,
    balance: '10.00',
    currency: 'EUR',
    now: NOW,
  };
  const observed: LedgerEvent = {
    type: 'BalanceObserved',
    data: { ...context, balance: '10.00', currency: 'EUR', observedAt: NOW },
  };

  it('is written when it changed, also to the balance before the last', () => {
    given(ledger).when(observe).thenEvents(observed);
    given(ledger, observed)
      .when({ ...observe, now: '2026-06-02T08:00:00.000Z' })
      .thenNothing();
    const other = { ...observed, data: { ...observed.data, balance: '0.00' } };
    given(ledger, observed, other).when(observe).thenEvents(observed);
    given(ledger, observed)
      .when({ ...observe, currency: 'USD' })
      .thenEvents({ ...observed, data: { ...observed.data, currency: 'USD' } });
  });

  it('and the rows leave each other alone', () => {
    const state = stateAfter(ledger, observed, imported(transaction('x')), observed);
    expect([...state.rows.keys()]).toEqual(['x']);
    expect(state.balance).toEqual({ balance: '10.00', currency: 'EUR' });
  });
});

describe('a row under an id that the ledger does not know', () => {
  const reading = {
    providerAccountId: 'a1',
    gone: new Set(['p-x']),
    absent: new Set<string>(),
    feeding: new Set<string>(),
  };
  const held = imported(transaction('x'));
  const former = { providerAccountId: 'a1', providerTransactionId: 'p-x', ended: true };
  const under = (id: string): LedgerTransaction => ({ ...transaction('x'), ...key(id) });

  it('is the one that is gone, when it is equal', () => {
    given(ledger, held)
      .when({ ...importing(row('z')), reading })
      .thenEvents(
        amended({ kind: 're-identified', transaction: under('z'), changes: [], formerKey: former }),
      );
  });

  it('is the one whose id is not shown, while it cannot be said to be gone; one that is gone goes first', () => {
    const absent = { ...reading, gone: new Set<string>(), absent: new Set(['p-x']) };
    given(ledger, held)
      .when({ ...importing(row('z')), reading: absent })
      .thenEvents(
        amended({ kind: 're-identified', transaction: under('z'), changes: [], formerKey: former }),
      );
    given(ledger, imported(transaction('w')), held)
      .when({ ...importing(row('z')), reading: { ...reading, absent: new Set(['p-w']) } })
      .thenEvents(
        amended({ kind: 're-identified', transaction: under('z'), changes: [], formerKey: former }),
      );
  });

  it('is another one while a pending row of its amount is not shown, but cannot be said to be gone', () => {
    const announced = { status: 'pending' as const, bookedOn: '2026-05-02' as BankDay };
    const absent = { ...reading, gone: new Set<string>(), absent: new Set(['p-x']) };
    given(ledger, imported(transaction('x', announced)))
      .when({ ...importing(row('z')), reading: absent })
      .thenEvents(imported(transaction('z')));
    given(ledger, imported(transaction('x', announced)))
      .when({ ...importing(row('z')), reading })
      .thenEvents(
        amended({
          kind: 'booked',
          transaction: under('z'),
          changes: [
            { field: 'status', before: 'pending', after: 'booked' },
            { field: 'bookedOn', before: '2026-05-02', after: '2026-05-04' },
          ],
          formerKey: former,
        }),
      );
  });

  it('is another one while the known id still stands, and where it is not equal', () => {
    given(ledger, held)
      .when(importing(row('z')))
      .thenEvents(imported(transaction('z')));
    given(ledger, held)
      .when({ ...importing(row('z', { amount: '-4.51' })), reading })
      .thenEvents(imported(transaction('z', { amount: '-4.51' })));
  });

  it('takes one of two equal rows, and the other is new', () => {
    given(ledger, held)
      .when({ ...importing(row('z'), row('y')), reading })
      .thenEvents(
        imported(transaction('z')),
        amended({ kind: 're-identified', transaction: under('y'), changes: [], formerKey: former }),
      );
  });

  it('ends one id only while another account still shows the row', () => {
    const other = { ...transaction('x'), providerAccountId: 'a2', providerTransactionId: 'q' };
    const seen = amended({ kind: 're-identified', transaction: other, changes: [] });
    const both = { ...reading, feeding: new Set(['a2']) };
    const { ended: _, ...xKey } = former;
    given(ledger, held, seen)
      .when({ ...importing(deleted('x')), reading: both })
      .thenEvents({
        type: 'TransactionKeysEnded',
        data: {
          ...context,
          keys: [{ id: 'x', ...xKey, reason: 'deleted-by-bank', providerUpdatedAt: null }],
          endedAt: NOW,
        },
      });
    given(ledger, held, seen)
      .when({ ...importing(deleted('x')), reading })
      .thenEvents(removed(transaction('x')));
  });
});
