import { isSameKey, keyOf, withEnded, withKey, withoutKey } from './keys.js';
import type { TransactionKey } from '../bank-transaction.js';
import type {
  Amendment,
  AssignedKey,
  EndedKey,
  LedgerEvent,
  LedgerTransaction,
  Removal,
} from './ledger.events.js';
import type { LedgerRow, LedgerState } from './ledger.state.js';

export const importedRow = (transaction: LedgerTransaction): LedgerRow => ({
  transaction,
  removed: false,
  keys: [keyOf(transaction)],
});

export const amendedRow = (
  known: LedgerRow | undefined,
  { transaction, formerKey }: Amendment,
): LedgerRow => {
  const keys = known?.keys ?? [];
  const kept = formerKey?.ended ? withEnded(keys, formerKey) : keys;
  return { transaction, removed: false, keys: withKey(kept, keyOf(transaction)) };
};

export const removedRow = (known: LedgerRow | undefined, { transaction }: Removal): LedgerRow => ({
  transaction,
  removed: true,
  keys: withKey(known?.keys ?? [], keyOf(transaction)).map((key) => ({ ...key, live: false })),
});

/** An id of the row is another row's now. */
export const lostKey = (known: LedgerRow, key: TransactionKey): LedgerRow => ({
  ...known,
  keys: withoutKey(known.keys, key),
});

/** An id belongs to this row. */
export const assignedRow = (
  known: LedgerRow,
  { providerAccountId, providerTransactionId, word, providerUpdatedAt }: AssignedKey,
): LedgerRow => ({
  ...known,
  keys: withKey(known.keys, {
    providerAccountId,
    providerTransactionId,
    live: true,
    word,
    providerUpdatedAt,
  }),
});

export const lessKey = (known: LedgerRow, ended: EndedKey): LedgerRow => ({
  ...known,
  keys: withEnded(known.keys, ended),
});

const textOf = ({ providerAccountId, providerTransactionId }: TransactionKey): string =>
  JSON.stringify([providerAccountId, providerTransactionId]);

/** A key belongs to one row: to the one that was shown under it last. */
const withRows = <Told extends { readonly transaction: LedgerTransaction }>(
  state: LedgerState,
  told: readonly Told[],
  rowOf: (known: LedgerRow | undefined, each: Told) => LedgerRow,
): LedgerState => {
  const rows = new Map(state.rows);
  const homes = new Map<string, string>();
  for (const [id, { keys }] of rows) for (const key of keys) homes.set(textOf(key), id);
  for (const each of told) {
    const { transaction } = each;
    const home = rows.get(homes.get(textOf(transaction)) ?? transaction.id);
    if (home && home.transaction.id !== transaction.id)
      rows.set(home.transaction.id, lostKey(home, transaction));
    rows.set(transaction.id, rowOf(rows.get(transaction.id), each));
    homes.set(textOf(transaction), transaction.id);
  }
  return { ...state, rows };
};

export const evolveLedger = (state: LedgerState, event: LedgerEvent): LedgerState => {
  switch (event.type) {
    case 'TransactionsImported': {
      const imported = event.data.transactions.map((transaction) => ({ transaction }));
      return withRows(state, imported, (_, { transaction }) => importedRow(transaction));
    }
    case 'TransactionsAmended':
      return withRows(state, event.data.amendments, amendedRow);
    case 'TransactionsRemoved':
      return withRows(state, event.data.removals, removedRow);
    case 'TransactionKeysAssigned': {
      const rows = new Map(state.rows);
      for (const key of event.data.keys) {
        for (const [id, row] of rows)
          if (row.keys.some((each) => isSameKey(each, key))) rows.set(id, lostKey(row, key));
        const known = rows.get(key.id);
        if (known) rows.set(key.id, assignedRow(known, key));
      }
      return { ...state, rows };
    }
    case 'TransactionKeysEnded': {
      const rows = new Map(state.rows);
      for (const ended of event.data.keys) {
        const known = rows.get(ended.id);
        if (known) rows.set(ended.id, lessKey(known, ended));
      }
      return { ...state, rows };
    }
    case 'BalanceObserved':
      return { ...state, balance: { balance: event.data.balance, currency: event.data.currency } };
  }
};
