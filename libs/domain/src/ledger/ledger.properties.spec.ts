import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BankDay } from '#kernel';
import type { TransactionContent } from '../bank-transaction.js';
import { type IdentifiedRow, ledger } from './ledger.js';
import type { LedgerContext, LedgerEvent } from './ledger.events.js';
import type { LedgerState } from './ledger.state.js';

const context: LedgerContext = {
  tenantId: 't1',
  companyId: 'co1',
  connectionId: 'c1',
  accountId: 'acc1',
  ledgerId: 'l1',
  provider: 'powens',
  syncId: 's1',
  trigger: 'schedule',
  windowFrom: '2026-03-01',
  windowTo: '2026-06-01',
};
const NOW = '2026-06-01T08:00:00.000Z';
const DAY = '2026-05-04' as BankDay;

/** Rows differ in their version only: whatever the id, version 1 is the same purchase, so equal rows abound. */
const contentOf = (version: number): TransactionContent => ({
  status: version === 1 ? 'pending' : 'booked',
  bookedOn: DAY,
  valueOn: null,
  transactedOn: null,
  amount: `-${version}.00`,
  currency: 'EUR',
  label: 'Boulangerie',
  originalLabel: null,
  type: 'card',
  counterparty: null,
});

interface Shown {
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
}

const rowOf = ({ id, version, deleted }: Shown, dated: boolean): IdentifiedRow => {
  const providerUpdatedAt = dated ? `2026-05-05T10:00:${String(version).padStart(2, '0')}Z` : null;
  const facts = { providerAccountId: 'a1', providerTransactionId: id, day: DAY, providerUpdatedAt };
  return {
    id,
    row: deleted ? { kind: 'deleted', ...facts } : { kind: 'row', ...facts, content: contentOf(version) },
  };
};

/** The import, as the worker does it: the decision sees the rows that its command names, and no others. */
const importing = (log: LedgerEvent[], state: LedgerState, rows: readonly IdentifiedRow[]): LedgerState => {
  const named = new Map([...state.rows].filter(([id]) => rows.some((row) => row.id === id)));
  const reading = {
    providerAccountId: 'a1',
    gone: new Set<string>(),
    absent: new Set<string>(),
    feeding: new Set<string>(),
  };
  const events = ledger.decide(
    { type: 'ImportRows', context, reading, rows, now: NOW },
    { rows: named, balance: null },
  );
  log.push(...events);
  return events.reduce<LedgerState>(ledger.evolve, state);
};

const live = (state: LedgerState): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...state.rows.values()]
      .filter(({ removed }) => !removed)
      .map(({ transaction }) => [transaction.id, transaction.amount]),
  );

const ids = fc.integer({ min: 0, max: 7 }).map((n) => `row${n}`);
const versions = fc.integer({ min: 1, max: 9 });
const shown: fc.Arbitrary<Shown> = fc.record({ id: ids, version: versions, deleted: fc.constant(false) });
const windows = fc.array(fc.array(shown, { maxLength: 12 }), { maxLength: 12 });

it('ends with the newest version of each row, in whatever order, overlap and repetition they were shown', () => {
  fc.assert(
    fc.property(windows, (list) => {
      const log: LedgerEvent[] = [];
      const end = list.reduce(
        (state, window) =>
          importing(
            log,
            state,
            window.map((row) => rowOf(row, true)),
          ),
        ledger.initialState,
      );
      const newest: Record<string, number> = {};
      for (const { id, version } of list.flat()) newest[id] = Math.max(newest[id] ?? 0, version);
      const expected = Object.entries(newest).map(([id, version]) => [id, contentOf(version).amount]);
      expect(live(end)).toEqual(Object.fromEntries(expected));
    }),
  );
});

it('imports each row once and says nothing when it is shown the same again', () => {
  fc.assert(
    fc.property(windows, fc.boolean(), (list, dated) => {
      const log: LedgerEvent[] = [];
      let state = ledger.initialState;
      for (const window of list) {
        const rows = window.map((row) => rowOf(row, dated));
        state = importing(log, state, rows);
        const quiet: LedgerEvent[] = [];
        expect(importing(quiet, state, rows)).toEqual(state);
        expect(quiet).toEqual([]);
      }
      const imported = log.flatMap(({ type, data }) =>
        type === 'TransactionsImported' && 'transactions' in data
          ? data.transactions.map(({ id }) => id)
          : [],
      );
      expect(imported.toSorted()).toEqual([...new Set(list.flat().map(({ id }) => id))].toSorted());
    }),
  );
});

it('folds to the same state however often the log is replayed in full (pain H6)', () => {
  fc.assert(
    fc.property(windows, (list) => {
      const log: LedgerEvent[] = [];
      const end = list.reduce(
        (state, window) =>
          importing(
            log,
            state,
            window.map((row) => rowOf(row, true)),
          ),
        ledger.initialState,
      );
      const replayed = log.reduce<LedgerState>(ledger.evolve, ledger.initialState);
      expect(replayed).toEqual(end);
      expect(log.reduce<LedgerState>(ledger.evolve, replayed)).toEqual(end);
    }),
  );
});

/** What happens at the bank, and which rows we read when. */
const bankLife = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('change'), id: ids }),
    fc.record({ do: fc.constant('delete'), id: ids }),
    fc.record({ do: fc.constant('read'), ids: fc.uniqueArray(ids) }),
  ),
  { maxLength: 60, size: 'max' },
);

it("equals the bank's truth after a full read, whatever changed, was deleted or came back meanwhile", () => {
  fc.assert(
    fc.property(bankLife, fc.boolean(), (life, dated) => {
      const bank = new Map<string, Shown>();
      const log: LedgerEvent[] = [];
      let state = ledger.initialState;
      let version = 0;
      const read = (rows: readonly Shown[]) => {
        state = importing(
          log,
          state,
          rows.map((row) => rowOf(row, dated)),
        );
      };
      for (const step of life) {
        version += 1;
        if ('ids' in step) read(step.ids.flatMap((id) => bank.get(id) ?? []));
        else if (step.do === 'change') bank.set(step.id, { id: step.id, version, deleted: false });
        else if (bank.has(step.id)) bank.set(step.id, { id: step.id, version, deleted: true });
      }
      read([...bank.values()]);
      const truth = [...bank.values()].filter(({ deleted }) => !deleted);
      expect(live(state)).toEqual(
        Object.fromEntries(truth.map(({ id, version: v }) => [id, contentOf(v).amount])),
      );
    }),
  );
});
