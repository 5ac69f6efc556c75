import type { Decider } from '#kernel';
import type { FetchedTransaction, TransactionContent } from '../bank-transaction.js';
import { amendmentOf } from './amendment.js';
import type { LedgerRow, LedgerState } from './ledger.state.js';
import { inPortions } from './portions.js';
import type { Amendment, LedgerContext, LedgerEvent, LedgerTransaction, Removal } from './ledger.events.js';

/** A readable row of the bank, with the id that it has or will have in the ledger. */
export interface IdentifiedRow {
  readonly id: string;
  readonly row: Exclude<FetchedTransaction, { kind: 'unreadable' }>;
}

export interface ImportRows {
  readonly type: 'ImportRows';
  readonly context: LedgerContext;
  readonly rows: readonly IdentifiedRow[];
  readonly now: string;
}

export interface ObserveBalance {
  readonly type: 'ObserveBalance';
  readonly context: LedgerContext;
  readonly balance: string;
  readonly currency: string;
  readonly now: string;
}

export type LedgerCommand = ImportRows | ObserveBalance;

const transactionOf = (
  id: string,
  row: Extract<IdentifiedRow['row'], { kind: 'row' }>,
): LedgerTransaction => {
  const content: TransactionContent = row.content;
  return {
    id,
    providerAccountId: row.providerAccountId,
    providerTransactionId: row.providerTransactionId,
    providerUpdatedAt: row.providerUpdatedAt,
    ...content,
  };
};

interface ProviderDated {
  readonly providerUpdatedAt: string | null;
}

/**
 * A provider's older word never undoes a newer one; where it gives no time, the word that came last counts. Instants are
 * compared, not texts: `10:00:00Z` and `10:00:00.500Z` do not sort as they follow.
 */
const isStale = (row: ProviderDated, known: ProviderDated): boolean =>
  row.providerUpdatedAt !== null &&
  known.providerUpdatedAt !== null &&
  Date.parse(row.providerUpdatedAt) < Date.parse(known.providerUpdatedAt);

/** A page set may show a row twice (it changed while we paged): its newest form counts. */
const newestOfEach = (rows: readonly IdentifiedRow[]): readonly IdentifiedRow[] => {
  const newest = new Map<string, IdentifiedRow>();
  for (const candidate of rows) {
    const seen = newest.get(candidate.id);
    if (!seen || !isStale(candidate.row, seen.row)) newest.set(candidate.id, candidate);
  }
  return [...newest.values()];
};

/** The deletion is the provider's last change: a row that is older than it must not bring the transaction back. */
const removalOf = (known: LedgerTransaction, deleted: ProviderDated): Removal => ({
  reason: 'deleted-by-bank',
  transaction: { ...known, providerUpdatedAt: deleted.providerUpdatedAt ?? known.providerUpdatedAt },
});

const importRows = ({ context, rows, now }: ImportRows, state: LedgerState): readonly LedgerEvent[] => {
  const imported: LedgerTransaction[] = [];
  const amendments: Amendment[] = [];
  const removals: Removal[] = [];
  for (const { id, row } of newestOfEach(rows)) {
    const known = state.rows.get(id);
    if (known && isStale(row, known.transaction)) continue;
    if (row.kind === 'deleted') {
      if (known && !known.removed) removals.push(removalOf(known.transaction, row));
      continue;
    }
    const transaction = transactionOf(id, row);
    if (!known) {
      imported.push(transaction);
      continue;
    }
    const amendment = amendmentOf(known, transaction);
    if (amendment) amendments.push(amendment);
  }
  return [
    ...inPortions(imported).map((transactions): LedgerEvent => ({
      type: 'TransactionsImported',
      data: { ...context, transactions },
    })),
    ...inPortions(amendments).map((portion): LedgerEvent => ({
      type: 'TransactionsAmended',
      data: { ...context, amendments: portion },
    })),
    ...inPortions(removals).map((portion): LedgerEvent => ({
      type: 'TransactionsRemoved',
      data: { ...context, removals: portion, removedAt: now },
    })),
  ];
};

const observeBalance = (command: ObserveBalance, state: LedgerState): readonly LedgerEvent[] => {
  const { balance, currency } = command;
  if (state.balance?.balance === balance && state.balance.currency === currency) return [];
  return [
    { type: 'BalanceObserved', data: { ...command.context, balance, currency, observedAt: command.now } },
  ];
};

const withRows = (state: LedgerState, changed: readonly LedgerRow[]): LedgerState => {
  const rows = new Map(state.rows);
  for (const row of changed) rows.set(row.transaction.id, row);
  return { ...state, rows };
};

export const ledger: Decider<LedgerState, LedgerCommand, LedgerEvent> = {
  category: 'ledger',
  events: ['TransactionsImported', 'TransactionsAmended', 'TransactionsRemoved', 'BalanceObserved'],
  initialState: { rows: new Map(), balance: null },
  decide: (command, state) => {
    switch (command.type) {
      case 'ImportRows':
        return importRows(command, state);
      case 'ObserveBalance':
        return observeBalance(command, state);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'TransactionsImported':
        return withRows(
          state,
          event.data.transactions.map((transaction) => ({ transaction, removed: false })),
        );
      case 'TransactionsAmended':
        return withRows(
          state,
          event.data.amendments.map(({ transaction }) => ({ transaction, removed: false })),
        );
      case 'TransactionsRemoved':
        return withRows(
          state,
          event.data.removals.map(({ transaction }) => ({ transaction, removed: true })),
        );
      case 'BalanceObserved':
        return { ...state, balance: { balance: event.data.balance, currency: event.data.currency } };
    }
  },
};
