import { describe, expect, it } from 'vitest';
import { exponentOf, isCurrency, parseMoney } from './money.js';

describe('parseMoney', () => {
  it.each([
    ['-4.5', 'EUR', '-4.50'],
    ['0', 'EUR', '0.00'],
    ['1200', 'JPY', '1200'],
    ['1200.00', 'JPY', '1200'],
    ['1.5', 'KWD', '1.500'],
    ['2', 'CLF', '2.0000'],
    ['3.5', 'UYW', '3.5000'],
    ['7', 'UYI', '7'],
  ])('writes %s %s as %s', (amount, currency, expected) => {
    expect(parseMoney(amount, currency)).toEqual({ amount: expected, currency });
  });

  it('keeps digits beyond the exponent of the currency instead of rounding them away (pain H3)', () => {
    expect(parseMoney('10.005', 'EUR')).toEqual({ amount: '10.005', currency: 'EUR' });
    expect(parseMoney('1200.5', 'JPY')).toEqual({ amount: '1200.5', currency: 'JPY' });
  });

  it.each(['XXX', 'XTS', 'EURO', 'eur', '', 'constructor', 'ZZZ'])(
    'does not guess what %j is (pain H4)',
    (code) => {
      expect(isCurrency(code)).toBe(false);
      expect(parseMoney('1.00', code)).toBeUndefined();
    },
  );

  it.each(['NaN', '', '1,50'])('refuses the amount %j', (amount) => {
    expect(parseMoney(amount, 'EUR')).toBeUndefined();
  });
});

describe('exponentOf', () => {
  it.each([
    ['EUR', 2],
    ['XAF', 0],
    ['TND', 3],
    ['HUF', 2],
    ['UYW', 4],
    ['constructor', 2],
  ])('%s has %i digits behind the point', (currency, digits) => {
    expect(exponentOf(currency)).toBe(digits);
  });
});
