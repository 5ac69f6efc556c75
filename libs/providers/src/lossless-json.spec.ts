import { describe, expect, it } from 'vitest';
import { parseLossless, stringifyLossless, tryParseLossless } from './lossless-json.js';

describe('JSON without loss', () => {
  it('keeps numbers as they were written', () => {
    expect(parseLossless('[1, -0.10, 1e3, 18446744073709551615, "7", true, null]')).toEqual([
      '1', '-0.10', '1e3', '18446744073709551615', '7', true, null,
    ]); // prettier-ignore
  });

  it('reads what is no number as text, and leaves it alone inside texts', () => {
    expect(parseLossless('{"a":NaN,"b":-Infinity,"c":"NaN \\" Infinity","d":1.50}')).toEqual({
      a: 'NaN', b: '-Infinity', c: 'NaN " Infinity', d: '1.50',
    }); // prettier-ignore
  });

  it('takes the last of two members of one name, as JSON.parse does', () => {
    expect(parseLossless('{"a":1,"a":2}')).toEqual({ a: '2' });
  });

  it.each(['', '{', '{"a":NotANumber}', '[1,]', 'NaN,', '{"a":1}x'])(
    'is refused when it is none: %s',
    (text) => {
      expect(() => parseLossless(text)).toThrow(SyntaxError);
      expect(tryParseLossless(new TextEncoder().encode(text))).toBeUndefined();
    },
  );

  it('gives no prototype away', () => {
    const value = parseLossless('{"__proto__":{"polluted":true}}') as { polluted?: boolean };
    expect(value.polluted).toBeUndefined();
  });

  it('writes a 64-bit id as a number', () => {
    expect(stringifyLossless({ id: 18446744073709551615n, text: 'a' })).toBe(
      '{"id":18446744073709551615,"text":"a"}',
    );
  });
});
