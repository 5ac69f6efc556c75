import { dayOf, fingerprintOf, type LedgerEvent, type LedgerRow } from '#domain';
import type { BankDay } from '#kernel';

/**
 * The account shows a row that is equal to one which it showed under another id before: a second purchase, or the same one
 * under a new id. Only all that it shows of the day tells them apart.
 */
export class DaysInDoubt extends Error {
  override readonly name = 'DaysInDoubt';
  constructor(
    readonly providerAccountId: string,
    /** The first such day. */
    readonly from: BankDay,
  ) {
    super(`Account ${providerAccountId} may show rows of ${from} under new ids.`);
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
