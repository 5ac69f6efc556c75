import { canonicalDecimal } from './decimal.js';

/** An amount as a canonical decimal string (negative: debit) and its ISO 4217 currency. Never a float. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

/** Digits behind the point by ISO 4217; every currency that is not listed here has two. */
const DIGITS = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0,
  XAF: 0, XOF: 0, XPF: 0, BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4,
}; // prettier-ignore
const EXPONENTS: ReadonlyMap<string, number> = new Map(Object.entries(DIGITS));

/** The runtime leaves out funds codes such as `CLF`, in which banks do keep accounts. */
const CURRENCIES = new Set([...Intl.supportedValuesOf('currency'), ...EXPONENTS.keys()]);

/** `XXX`, `XTS` and codes that no standard knows are not currencies money can be held in. */
export const isCurrency = (code: string): boolean => CURRENCIES.has(code) && code !== 'XXX' && code !== 'XTS';

export const exponentOf = (currency: string): number => EXPONENTS.get(currency) ?? 2;

/** Money in canonical form, or `undefined` when the amount is no number or the currency is unknown. */
export const parseMoney = (amount: string, currency: string): Money | undefined => {
  if (!isCurrency(currency)) return undefined;
  const canonical = canonicalDecimal(amount, exponentOf(currency));
  return canonical === undefined ? undefined : { amount: canonical, currency };
};
