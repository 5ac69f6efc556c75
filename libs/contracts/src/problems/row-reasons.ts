import type { Language } from './problem-words.js';

/** What could not be understood of a row, as `parameters.reason` of `rows.unreadable`; `parameters.field` is the provider's. */
export const ROW_REASONS = {
  'missing-id': { en: 'no id', fr: 'pas d’identifiant' },
  'missing-account': { en: 'no account', fr: 'pas de compte' },
  'bad-date': { en: 'no readable date', fr: 'pas de date lisible' },
  'bad-amount': { en: 'no readable amount', fr: 'pas de montant lisible' },
  'unknown-currency': { en: 'no known currency', fr: 'pas de devise connue' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** A reason without words does not compile. */
export type RowReason = keyof typeof ROW_REASONS;

const isKnown = (reason: string): reason is RowReason => Object.hasOwn(ROW_REASONS, reason);

/** The reason in words; one that this version does not know as it is. */
export const rowReasonText = (reason: string, language: Language): string =>
  isKnown(reason) ? ROW_REASONS[reason][language] : reason;
