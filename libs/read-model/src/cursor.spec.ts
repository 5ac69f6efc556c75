import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.js';

const values = fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), {
  maxLength: 5,
});

it('gives back what it was made of, and is safe in a URL', () => {
  fc.assert(
    fc.property(values, (given) => {
      const cursor = encodeCursor(given);
      expect(decodeCursor(cursor)).toEqual(given);
      expect(encodeURIComponent(cursor)).toBe(cursor);
    }),
  );
});

it('keeps a bigint exactly, as a text', () => {
  expect(decodeCursor(encodeCursor(['2026-11-22', 9_007_199_254_740_993n]))).toEqual([
    '2026-11-22',
    '9007199254740993',
  ]);
});

it('takes no text that it did not make', () => {
  const cursor = encodeCursor(['2026-11-22', 'id']);
  const others = [
    '',
    'x',
    'null',
    '====',
    'ünï',
    cursor.slice(0, -1),
    `${cursor}A`,
    `${cursor}=`,
    cursor.toLowerCase(),
    ` ${cursor}`,
  ];
  expect(others.map(decodeCursor)).toEqual(others.map(() => undefined));
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(decodeCursor(text)).toBeUndefined();
    }),
  );
});
