import type { PartialBankRow } from '../bank/bank-row.js';

interface RowOverride {
  readonly omit?: readonly string[] | undefined;
  readonly set?: Readonly<Record<string, unknown>> | undefined;
  readonly instead?: unknown;
}

export interface BadRow {
  readonly row: PartialBankRow;
  readonly override: string;
}

/** Ways in which a row can be spoiled, as the override that is laid over its JSON. */
const OVERRIDES: Readonly<Record<string, RowOverride>> = {
  'no-id': { omit: ['id'] },
  'impossible-date': { set: { date: '2026-02-31' } },
  'no-date': { omit: ['date'] },
  'null-value': { set: { value: null } },
  'nan-value': { set: { value: 'NaN' } },
  'bare-nan': { set: { value: '__NaN__' } },
  'text-value': { set: { value: '-12.34' } },
  'unknown-type': { set: { type: 'teleportation' } },
  'foreign-account': { set: { id_account: 1 } },
  'nul-wording': { set: { original_wording: 'PRLV\u0000SEPA', wording: 'PRLV\u0000SEPA' } },
  'absurd-date': { set: { date: '9999-12-31' } },
  'long-year': { set: { date: '20260-01-31' } },
  'id-of-another': { set: { id: '__ID_BEFORE__' } },
  'no-row': { instead: null },
};

export const BAD_ROW_KINDS = Object.keys(OVERRIDES);

const rowWith = (override: RowOverride, date: string, name: string): BadRow => ({
  row: { date, value: '-12.34', originalWording: `PRLV SEPA LIGNE ABIMEE ${name}` },
  override: JSON.stringify(override),
});

export const badRow = (kind: string, date: string): BadRow | undefined => {
  const override = OVERRIDES[kind];
  return override && rowWith(override, date, kind.toUpperCase());
};

/** A row with members of one's own choice laid over its JSON. */
export const overriddenRow = (override: RowOverride, date: string): BadRow =>
  rowWith(override, date, 'AUTREMENT');
