import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BankRow } from './bank-row.js';
import { isJsonNumber, sum } from './decimal-text.js';
import { generateRows, type AccountPlan } from './generate-rows.js';

const card: AccountPlan = {
  seed: 'spec:card',
  size: 120,
  days: 730,
  until: '2026-03-14',
  type: 'card',
  card: '4970XXXXXXXX1203',
  cardPlan: null,
};
const plan: AccountPlan = {
  seed: 'spec',
  size: 3000,
  days: 730,
  until: '2026-03-14',
  type: 'checking',
  card: null,
  cardPlan: card,
};
const rows = generateRows(plan);
const booked = rows.filter((row) => !row.coming);
const countOf = (test: (row: BankRow) => boolean): number => rows.filter(test).length;

describe('generated rows', () => {
  it('are the same for the same plan, and others for another seed', () => {
    expect(generateRows(plan)).toEqual(rows);
    expect(generateRows({ ...plan, seed: 'other' })).not.toEqual(rows);
  });

  it('are as many as asked for, oldest first, within the history', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 7, max: 800 }),
        fc.string(),
        (size, days, seed) => {
          const made = generateRows({ ...plan, size, days, seed });
          expect(made).toHaveLength(size);
          expect(made.map((row) => row.date)).toEqual(made.map((row) => row.date).sort());
          expect(made.every((row) => row.coming || row.date <= plan.until)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('look like the account of a company', () => {
    for (const [wording, least] of [
      ['SALAIRE', 40],
      ['URSSAF', 20],
      ['DGFIP TVA', 20],
      ['LOYER', 20],
    ] as const)
      expect(countOf((row) => row.originalWording.includes(wording))).toBeGreaterThanOrEqual(least);
    const types = new Set(rows.map((row) => row.type));
    expect(
      [
        'transfer',
        'order',
        'card',
        'check',
        'deposit',
        'payback',
        'withdrawal',
        'bank',
        'loan_repayment',
      ].filter((type) => !types.has(type)),
    ).toEqual([]);
    expect(countOf((row) => row.counterparty !== null) / rows.length).toBeLessThan(0.2);
    expect(countOf((row) => row.original !== null)).toBeGreaterThan(10);
    expect(rows.every((row) => isJsonNumber(row.value))).toBe(true);
    expect(countOf((row) => row.coming)).toBe(2);
  });

  it('hold identical twins on one day', () => {
    const texts = rows.map((row) => JSON.stringify(row));
    expect(texts.length - new Set(texts).size).toBeGreaterThan(5);
  });

  it('debit a deferred card once a month with the sum of its purchases', () => {
    const purchases = generateRows(card);
    const summaries = booked.filter((row) => row.type === 'summary_card');
    expect(summaries.length).toBeGreaterThan(20);
    for (const summary of summaries)
      expect(summary.value).toBe(
        sum(purchases.filter((row) => row.date === summary.date).map((row) => row.value)),
      );
    expect(purchases.every((row) => row.coming === row.date > card.until)).toBe(true);
  });
});
