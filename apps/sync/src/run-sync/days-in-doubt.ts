import { dayOf, fingerprintOf, type LedgerEvent, type LedgerRow } from '#domain';
import type { BankDay } from '#kernel';

/**
 * Accounts show rows that are equal to ones which they showed under another id before: second purchases, or the same ones under
 * new ids. Only all that they show of the days tells them apart.
 */
export class DaysInDoubt extends Error {
  override readonly name = 'DaysInDoubt';
  constructor(
    /** Each with the first such day. */
    readonly accounts: readonly { readonly providerAccountId: string; readonly from: BankDay }[],
  ) {
    const days = accounts.map(({ providerAccountId, from }) => `${providerAccountId} from ${from} on`);
    super(`Accounts may show rows under new ids: ${days.join(', ')}.`);
  }
}

/** First day of the rows that would be imported although the account showed an equal one, which stands, under another id. */
export const firstDayInDoubt = (
  decided: readonly LedgerEvent[],
  known: ReadonlyMap<string, LedgerRow>,
  { ledgerId, providerAccountId }: { readonly ledgerId: string; readonly providerAccountId: string },
): BankDay | null => {
  const shown = new Set(
    [...known.values()]
      .filter(
        ({ removed, keys }) =>
          !removed && keys.some((key) => key.live && key.providerAccountId === providerAccountId),
      )
      .map(({ transaction }) => fingerprintOf(ledgerId, transaction)),
  );
  const days = decided
    .flatMap((event) => (event.type === 'TransactionsImported' ? event.data.transactions : []))
    .filter((transaction) => shown.has(fingerprintOf(ledgerId, transaction)))
    .map((transaction) => dayOf(transaction));
  return days.toSorted()[0] ?? null;
};
