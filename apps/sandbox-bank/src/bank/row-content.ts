import type { BankRow, Counterparty } from './bank-row.js';
import { currencyOf } from './currencies.js';

const frenchAmount = (value: string, symbol: string): string => {
  const [whole = '0', fraction = ''] = value.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
  return `${value.startsWith('-') ? '-' : ''}${grouped},${fraction.padEnd(2, '0')} ${symbol}`;
};

/**
 * The members of a transaction that the bank decides, as JSON text without braces. Kept as text so that an amount
 * leaves with the very digits it was posted with, and so that a page is built by joining strings.
 */
export const rowContent = (row: BankRow, currency: string): string => {
  const text = JSON.stringify({
    datetime: row.datetime,
    vdate: row.vdate,
    vdatetime: null,
    rdate: row.rdate,
    rdatetime: row.rdatetime,
    bdate: row.date,
    bdatetime: null,
    gross_value: null,
    type: row.type,
    original_wording: row.originalWording,
    simplified_wording: row.simplifiedWording,
    stemmed_wording: row.originalWording.toLowerCase(),
    original_gross_value: null,
    original_currency: row.original && currencyOf(row.original.currency),
    commission: null,
    commission_currency: null,
    country: null,
    card: row.card,
    counterparty: row.counterparty,
    formatted_value: frenchAmount(row.value, currencyOf(currency).symbol),
  });
  return `"value":${row.value},"original_value":${row.original?.value ?? 'null'},${text.slice(1, -1)}`;
};

interface Content {
  readonly datetime: string | null;
  readonly vdate: string | null;
  readonly rdate: string;
  readonly rdatetime: string | null;
  readonly type: string;
  readonly original_wording: string;
  readonly simplified_wording: string;
  readonly original_currency: { readonly id: string } | null;
  readonly card: string;
  readonly counterparty: Counterparty | null;
}

/** The row that {@link rowContent} was made from. */
export const rowFromContent = (stored: {
  date: string;
  value: string;
  coming: number;
  content: string;
}): BankRow => {
  const content = JSON.parse(`{${stored.content}}`) as Content;
  const originalValue = /"original_value":([^,]+),/.exec(stored.content)?.[1] ?? 'null';
  return {
    date: stored.date,
    value: stored.value,
    coming: stored.coming === 1,
    rdate: content.rdate,
    vdate: content.vdate,
    datetime: content.datetime,
    rdatetime: content.rdatetime,
    type: content.type,
    originalWording: content.original_wording,
    simplifiedWording: content.simplified_wording,
    card: content.card,
    counterparty: content.counterparty,
    original: content.original_currency && { value: originalValue, currency: content.original_currency.id },
  };
};
