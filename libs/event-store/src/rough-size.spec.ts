import { describe, expect, it } from 'vitest';
import { roughSize } from './rough-size.js';

const row = (n: number) => ({
  id: `row-${n}`,
  amount: '-12.30',
  label: n % 2 ? 'Fournitures' : 'Loyer',
  removed: null,
});
const rows = (count: number) => Array.from({ length: count }, (_, n) => row(n));

describe('the rough size of a value', () => {
  it.each([
    ['a text', 'x'.repeat(1_000)],
    ['few rows', { syncId: 's', transactions: rows(3) }],
    ['many rows', { syncId: 's', transactions: rows(500) }],
    ['lists of lists', [rows(20), rows(20)]],
    ['nothing', {}],
  ])('is not far from that of its JSON: %s', (_, value) => {
    const exact = JSON.stringify(value).length;
    expect(Math.abs(roughSize(value) - exact)).toBeLessThan(exact * 0.15 + 4);
  });
});
