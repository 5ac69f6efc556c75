import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { inPortions, MAX_PORTION_BYTES, MAX_PORTION_ITEMS } from './portions.js';

const bytesOf = (items: readonly unknown[]): number => Buffer.byteLength(JSON.stringify(items));

it('makes none of nothing and one of a few', () => {
  expect(inPortions([])).toEqual([]);
  expect(inPortions([1, 2])).toEqual([[1, 2]]);
});

it('cuts at 500 items', () => {
  const items = Array.from({ length: 2 * MAX_PORTION_ITEMS + 1 }, (_, i) => i);
  expect(inPortions(items).map(({ length }) => length)).toEqual([500, 500, 1]);
});

it('cuts at the size in bytes, not in characters', () => {
  const third = '€'.repeat(MAX_PORTION_BYTES / 9);
  expect(inPortions([third, third, third, third]).map(({ length }) => length)).toEqual([2, 2]);
});

it('gives a single item that is too large a portion of its own', () => {
  const giant = 'x'.repeat(MAX_PORTION_BYTES);
  expect(inPortions(['a', giant, 'b', 'c'])).toEqual([['a'], [giant], ['b', 'c']]);
});

it('conserves the list, keeps both limits and cuts no oftener than it must (pain G5)', () => {
  const sizes = fc.oneof(
    { weight: 60, arbitrary: fc.integer({ min: 0, max: 2000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 50_000, max: 300_000 }) },
  );
  const items = fc
    .array(sizes, { minLength: 0, maxLength: 1200, size: 'max' })
    .map((list) => list.map((size) => 'é'.repeat(size)));
  fc.assert(
    fc.property(items, (list) => {
      const portions = inPortions(list);
      expect(portions.flat()).toEqual(list);
      for (const portion of portions) {
        expect(portion.length).toBeGreaterThan(0);
        expect(portion.length).toBeLessThanOrEqual(MAX_PORTION_ITEMS);
        expect(portion.length === 1 || bytesOf(portion) <= MAX_PORTION_BYTES + 2).toBe(true);
      }
      portions.slice(1).forEach((next, i) => {
        const withOneMore = [...(portions[i] ?? []), next[0]];
        expect(withOneMore.length > MAX_PORTION_ITEMS || bytesOf(withOneMore) > MAX_PORTION_BYTES).toBe(true);
      });
    }),
    { numRuns: 20 },
  );
}, 60_000);
