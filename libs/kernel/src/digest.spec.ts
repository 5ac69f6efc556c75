import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digest64 } from './digest.js';

describe('digest64', () => {
  it.each([
    ['', '1940644086466582129'],
    ['a', '-9022547332449546619'],
    ['€ 1,00', '-579936404416700835'],
  ])('is the same for ever: %j', (text, digest) => expect(digest64(text)).toBe(digest));

  it('fits the bigint of a database', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(BigInt.asIntN(64, BigInt(digest64(text))).toString()).toBe(digest64(text));
      }),
    );
  });

  it('tells a hundred thousand texts apart that differ in a digit', () => {
    const texts = Array.from({ length: 100_000 }, (_, i) => `["2026-05-04","-${i}.00","EUR","BOULANGERIE"]`);
    expect(new Set(texts.map(digest64)).size).toBe(texts.length);
  });

  it('uses all its bits', () => {
    const digests = Array.from({ length: 4096 }, (_, i) => BigInt.asUintN(64, BigInt(digest64(`text ${i}`))));
    for (let bit = 0n; bit < 64n; bit += 1n) {
      const set = digests.filter((digest) => (digest >> bit) % 2n === 1n).length;
      expect(set).toBeGreaterThan(1700);
      expect(set).toBeLessThan(2400);
    }
  });
});
