import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalDecimal } from './decimal.js';

const digits = (minLength: number, maxLength: number) =>
  fc.array(fc.nat({ max: 9 }), { minLength, maxLength }).map((list) => list.join(''));

interface Written {
  readonly sign: string;
  readonly whole: string;
  readonly fraction: string;
  readonly exponent: number | null;
}

const written = fc.record({
  sign: fc.constantFrom('', '-', '+'),
  whole: digits(1, 25),
  fraction: digits(0, 25),
  exponent: fc.option(fc.integer({ min: -60, max: 60 })),
});

const textOf = ({ sign, whole, fraction, exponent }: Written): string =>
  `${sign}${whole}${fraction && `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`;

/** The exact value as a whole number of 10⁻¹⁰⁰, computed another way than by the code under test. */
const valueOf = ({ sign, whole, fraction, exponent }: Written): bigint =>
  BigInt(whole + fraction) *
  10n ** BigInt(100 + (exponent ?? 0) - fraction.length) *
  (sign === '-' ? -1n : 1n);

const valueOfCanonical = (text: string): bigint => {
  const parts = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text);
  if (!parts) throw new Error(`${text} is not canonical`);
  return valueOf({ sign: parts[1] ?? '', whole: parts[2] ?? '', fraction: parts[3] ?? '', exponent: null });
};

describe('canonicalDecimal', () => {
  it('preserves the value, to the last digit, and is written in one way only', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: 0, max: 4 }), (number, minScale) => {
        const canonical = canonicalDecimal(textOf(number), minScale) ?? '';
        expect(valueOfCanonical(canonical)).toBe(valueOf(number));
        const fraction = canonical.split('.')[1] ?? '';
        expect(fraction.length).toBeGreaterThanOrEqual(minScale);
        expect(fraction.slice(minScale)).not.toMatch(/0$/);
      }),
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: 0, max: 4 }), (number, minScale) => {
        const once = canonicalDecimal(textOf(number), minScale);
        expect(canonicalDecimal(once ?? '', minScale)).toBe(once);
      }),
    );
  });

  it.each([
    ['-12.30', 2, '-12.30'],
    ['-12.3', 2, '-12.30'],
    ['+7', 2, '7.00'],
    ['007.500', 0, '7.5'],
    ['1E3', 0, '1000'],
    ['1e-7', 2, '0.0000001'],
    ['12.345e1', 2, '123.45'],
    ['12.345', 2, '12.345'],
    ['-0.00', 2, '0.00'],
    ['-0', 0, '0'],
    ['-0e9', 0, '0'],
    ['0.1e-2', 3, '0.001'],
    ['123456789012345678901234567890.12', 2, '123456789012345678901234567890.12'],
    [' 5.00 ', 2, '5.00'],
  ])('writes %j with at least %i decimals as %s', (text, minScale, expected) => {
    expect(canonicalDecimal(text, minScale)).toBe(expected);
  });

  it.each([
    '', ' ', 'NaN', 'Infinity', '-Infinity', '1,5', '1 000', '1.', '.5', '-', '--1', '1e', '1e1.5', '0x10', '1_000', '1.2.3',
    '12€', '٣', 'null', '1e9999',
  ])('refuses %j', (text) => {
    expect(canonicalDecimal(text)).toBeUndefined();
  }); // prettier-ignore
});
