import { type BankDay, canonicalJson, digest64 } from '#kernel';
import type { TransactionContent } from '../bank-transaction.js';

/** The bank day that a transaction is filed under; the translator refuses rows that have none of the three. */
export const dayOf = ({
  bookedOn,
  valueOn,
  transactedOn,
}: Pick<TransactionContent, 'bookedOn' | 'valueOn' | 'transactedOn'>): BankDay =>
  bookedOn ?? valueOn ?? transactedOn ?? ('0001-01-01' as BankDay);

const ASCII = /^[ -~]*$/;

/** Words of letters and digits, without accents; texts without any take the short way to the same end. */
const wordsOf = (text: string): string =>
  ASCII.test(text)
    ? text.replaceAll(/[^A-Za-z0-9]+/g, ' ')
    : text
        .normalize('NFKD')
        .replaceAll(/\p{M}+/gu, '')
        .replaceAll(/[^\p{L}\p{N}]+/gu, ' ');

/** Banks and providers re-print one text with other spacing, punctuation, case and accents; `null` where there is none. */
export const comparedLabel = ({
  originalLabel,
  label,
}: Pick<TransactionContent, 'originalLabel' | 'label'>): string | null => {
  const text = wordsOf(originalLabel ?? label ?? '')
    .trim()
    .toUpperCase();
  return text === '' ? null : text;
};

/**
 * What is equal for the same row under two ids: day, amount, currency and text. Two real rows may share it, so it is never an
 * identity by itself: only as many rows as there are can be meant. A change of this rule needs a rebuild of the ledger.
 */
export const likenessOf = (content: TransactionContent): string =>
  canonicalJson([dayOf(content), content.amount, content.currency, comparedLabel(content)]);

/** A short form of {@link likenessOf} to look the rows of one ledger up by, among those of all. */
export const fingerprintOf = (ledgerId: string, content: TransactionContent): string =>
  digest64(`${ledgerId} ${likenessOf(content)}`);

/**
 * Whether the amount belongs into a sum of booked movements: pending rows may still change or go, removed ones are gone, and a
 * deferred-card purchase is debited once more, with the month's others, as one `card-summary`.
 */
export const countsInTotals = (
  { status, type }: Pick<TransactionContent, 'status' | 'type'>,
  removed: boolean,
): boolean => !removed && status === 'booked' && type !== 'deferred-card';

/** All that a bank said of a transaction; equal words, equal content. */
export const wordOf = (content: TransactionContent): string =>
  digest64(
    canonicalJson([
      content.status, content.bookedOn, content.valueOn, content.transactedOn, content.amount, content.currency,
      content.label, content.originalLabel, content.type, content.counterparty,
    ]),
  ); // prettier-ignore
