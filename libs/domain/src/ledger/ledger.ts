import type { Decider } from '#kernel';
import { evolveLedger } from './evolve-ledger.js';
import { isStale } from './keys.js';
import type { LedgerContext, LedgerEvent } from './ledger.events.js';
import type { LedgerState } from './ledger.state.js';
import { RowMatching } from './row-matching.js';
import type { IdentifiedRow } from './shown-rows.js';
import type { Reading } from './working-rows.js';

export type { IdentifiedRow } from './shown-rows.js';
export type { Reading } from './working-rows.js';

/** Rows of one provider account, of whole bank days, as a page set shows them. */
export interface ImportRows {
  readonly type: 'ImportRows';
  readonly context: LedgerContext;
  readonly reading: Reading;
  readonly rows: readonly IdentifiedRow[];
  readonly now: string;
}

/** A complete re-read of an account did not show rows that it showed before. */
export interface EndAbsentRows {
  readonly type: 'EndAbsentRows';
  readonly context: LedgerContext;
  readonly reading: Reading;
  /** Ids of ledger rows. */
  readonly ids: readonly string[];
  readonly now: string;
}

export interface ObserveBalance {
  readonly type: 'ObserveBalance';
  readonly context: LedgerContext;
  readonly balance: string;
  readonly currency: string;
  readonly now: string;
}

export type LedgerCommand = ImportRows | EndAbsentRows | ObserveBalance;

/** A page set may show a row twice (it changed while we paged): its newest form counts. */
const newestOfEach = (rows: readonly IdentifiedRow[]): readonly IdentifiedRow[] => {
  const newest = new Map<string, IdentifiedRow>();
  for (const candidate of rows) {
    const key = candidate.row.providerTransactionId;
    const seen = newest.get(key);
    if (!seen || !isStale(candidate.row, seen.row)) newest.set(key, candidate);
  }
  return [...newest.values()];
};

const importRows = (
  { context, reading, rows, now }: ImportRows,
  state: LedgerState,
): readonly LedgerEvent[] => {
  const newest = newestOfEach(rows);
  const matching = new RowMatching(reading, state.rows);
  matching.meet(newest.flatMap(({ id, row }) => (row.kind === 'row' ? [{ id, row }] : [])));
  const deleted = newest.flatMap(({ row }) => {
    const id = row.kind === 'deleted' ? matching.homeOf(row) : undefined;
    return id === undefined ? [] : [{ id, providerUpdatedAt: row.providerUpdatedAt }];
  });
  matching.end(deleted, 'deleted-by-bank');
  return matching.telling.events(context, now);
};

const endAbsentRows = (
  { context, reading, ids, now }: EndAbsentRows,
  state: LedgerState,
): readonly LedgerEvent[] => {
  const matching = new RowMatching(reading, state.rows);
  matching.end(
    ids.map((id) => ({ id, providerUpdatedAt: null })),
    'absent-from-bank',
  );
  return matching.telling.events(context, now);
};

const observeBalance = (command: ObserveBalance, state: LedgerState): readonly LedgerEvent[] => {
  const { balance, currency } = command;
  if (state.balance?.balance === balance && state.balance.currency === currency) return [];
  return [
    { type: 'BalanceObserved', data: { ...command.context, balance, currency, observedAt: command.now } },
  ];
};

export const ledger: Decider<LedgerState, LedgerCommand, LedgerEvent> = {
  category: 'ledger',
  events: [
    'TransactionsImported',
    'TransactionsAmended',
    'TransactionsRemoved',
    'TransactionKeysAssigned',
    'TransactionKeysEnded',
    'BalanceObserved',
  ],
  initialState: { rows: new Map(), balance: null },
  decide: (command, state) => {
    switch (command.type) {
      case 'ImportRows':
        return importRows(command, state);
      case 'EndAbsentRows':
        return endAbsentRows(command, state);
      case 'ObserveBalance':
        return observeBalance(command, state);
    }
  },
  evolve: evolveLedger,
};
