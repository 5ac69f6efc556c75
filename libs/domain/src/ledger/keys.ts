import type { TransactionKey } from '../bank-transaction.js';
import { wordOf } from './content.js';
import type { LedgerTransaction } from './ledger.events.js';
import type { LedgerKey, LedgerRow } from './ledger.state.js';

export const isSameKey = (a: TransactionKey, b: TransactionKey): boolean =>
  a.providerAccountId === b.providerAccountId && a.providerTransactionId === b.providerTransactionId;

export const isOfSameAccount = (a: TransactionKey, b: TransactionKey): boolean =>
  a.providerAccountId === b.providerAccountId;

/** The key that a transaction was shown under, as of that word. */
export const keyOf = (transaction: LedgerTransaction): LedgerKey => ({
  providerAccountId: transaction.providerAccountId,
  providerTransactionId: transaction.providerTransactionId,
  live: true,
  word: wordOf(transaction),
  providerUpdatedAt: transaction.providerUpdatedAt,
});

export const withKey = (keys: readonly LedgerKey[], key: LedgerKey): readonly LedgerKey[] => [
  ...withoutKey(keys, key),
  key,
];

export const withoutKey = (keys: readonly LedgerKey[], key: TransactionKey): readonly LedgerKey[] =>
  keys.filter((each) => !isSameKey(each, key));

export const withEnded = (
  keys: readonly LedgerKey[],
  ended: TransactionKey & { readonly providerUpdatedAt?: string | null },
): readonly LedgerKey[] =>
  keys.map((each) =>
    isSameKey(each, ended)
      ? { ...each, live: false, providerUpdatedAt: ended.providerUpdatedAt ?? each.providerUpdatedAt }
      : each,
  );

/** The id under which one provider account shows the row now. */
export const liveKeyOf = ({ keys }: LedgerRow, providerAccountId: string): LedgerKey | undefined =>
  keys.find((key) => key.live && key.providerAccountId === providerAccountId);

interface ProviderDated {
  readonly providerUpdatedAt: string | null;
}

/**
 * A provider's older word never undoes a newer one; where it gives no time, the word that came last counts. Instants are
 * compared, not texts: `10:00:00Z` and `10:00:00.500Z` do not sort as they follow.
 */
export const isStale = (word: ProviderDated, known: ProviderDated): boolean =>
  word.providerUpdatedAt !== null &&
  known.providerUpdatedAt !== null &&
  Date.parse(word.providerUpdatedAt) < Date.parse(known.providerUpdatedAt);
