import type { PartialBankRow } from '../bank/bank-row.js';

/** Ways in which a row can be spoiled, as the override that is laid over its JSON. */
const OVERRIDES: Readonly<
  Record<string, { omit?: string[]; set?: Record<string, unknown>; instead?: unknown }>
> = {
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

export const badRow = (kind: string, date: string): { row: PartialBankRow; override: string } | undefined => {
  const override = OVERRIDES[kind];
  return (
    override && {
      row: { date, value: '-12.34', originalWording: `PRLV SEPA LIGNE ABIMEE ${kind.toUpperCase()}` },
      override: JSON.stringify(override),
    }
  );
};
