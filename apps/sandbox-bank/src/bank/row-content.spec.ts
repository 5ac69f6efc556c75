import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeRow } from './bank-row.js';
import { fromCents, isJsonNumber, sum } from './decimal-text.js';
import { rowContent, rowFromContent } from './row-content.js';

describe('row content', () => {
  it('can be read back, whatever the texts hold', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: -9_999_999, max: 9_999_999 }),
        fc.boolean(),
        (wording, cents, coming) => {
          const row = completeRow({
            date: '2026-03-14',
            value: fromCents(cents),
            originalWording: wording,
            simplifiedWording: wording,
            coming,
            original: { value: '-104', currency: 'USD' },
          });
          const stored = {
            date: row.date,
            value: row.value,
            coming: Number(coming),
            content: rowContent(row, 'EUR'),
          };
          expect(rowFromContent(stored)).toEqual(row);
        },
      ),
    );
  });

  it('leaves the digits of an amount as they were posted', () => {
    const content = rowContent(completeRow({ date: '2026-03-14', value: '-90071992547409931.10' }), 'EUR');
    expect(content).toContain('"value":-90071992547409931.10,');
    expect(content).toContain('"formatted_value":"-90 071 992 547 409 931,10 €"');
  });
});

describe('decimal texts', () => {
  it('are written as JSON writes numbers', () => {
    expect([-24_890, 480_000, 5, 0, -1250].map(fromCents)).toEqual(['-248.9', '4800', '0.05', '0', '-12.5']);
    expect(['1', '-0.5', '1e5', '12.30'].every(isJsonNumber)).toBe(true);
    expect(['NaN', '01', '1,5', '', '+1', '.5', '1e9999'].some(isJsonNumber)).toBe(false);
  });

  it('are summed without loss', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9_999_999, max: 9_999_999 })), (cents) => {
        expect(sum(cents.map(fromCents))).toBe(fromCents(cents.reduce((all, one) => all + one, 0)));
      }),
    );
    expect(sum(['0.1', '0.2', '-0.3'])).toBe('0');
    expect(sum(['1e3', '-2.5E-2', '1.25e1'])).toBe('1012.475');
  });
});
