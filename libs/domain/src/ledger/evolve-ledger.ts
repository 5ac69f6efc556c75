import { isSameKey, keyOf, withEnded, withKey } from './keys.js';
import type { Amendment, EndedKey, LedgerEvent, LedgerTransaction, Removal } from './ledger.events.js';
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

export const lessKey = (known: LedgerRow, ended: EndedKey): LedgerRow => ({
  ...known,
  keys: withEnded(known.keys, ended),
});

const textOf = (key: {
  readonly providerAccountId: string;
  readonly providerTransactionId: string;
}): string => JSON.stringify([key.providerAccountId, key.providerTransactionId]);

/** A key belongs to one row: to the one that was shown under it last. */
const withRows = (state: LedgerState, changed: readonly LedgerRow[]): LedgerState => {
  const owners = new Map(changed.map(({ transaction }) => [textOf(transaction), transaction]));
  const rows = new Map<string, LedgerRow>();
  for (const [id, row] of state.rows) {
    const isForeign = row.keys.some((key) => (owners.get(textOf(key))?.id ?? id) !== id);
    const keys = row.keys.filter((key) => {
      const owner = owners.get(textOf(key));
      return owner === undefined || owner.id === id || !isSameKey(owner, key);
    });
    rows.set(id, isForeign ? { ...row, keys } : row);
  }
  for (const row of changed) rows.set(row.transaction.id, row);
  return { ...state, rows };
};

export const evolveLedger = (state: LedgerState, event: LedgerEvent): LedgerState => {
  switch (event.type) {
    case 'TransactionsImported':
      return withRows(state, event.data.transactions.map(importedRow));
    case 'TransactionsAmended':
      return withRows(
        state,
        event.data.amendments.map((each) => amendedRow(state.rows.get(each.transaction.id), each)),
      );
    case 'TransactionsRemoved':
      return withRows(
        state,
        event.data.removals.map((each) => removedRow(state.rows.get(each.transaction.id), each)),
      );
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
