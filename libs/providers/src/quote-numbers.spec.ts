import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteNumbers } from './quote-numbers.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const withTexts = (value: unknown): unknown => {
  if (typeof value === 'number') return JSON.stringify(value);
  if (Array.isArray(value)) return value.map(withTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTexts(member)]));
};

/** Pieces of JSON, and of what looks like it, in any order. */
const pieces = fc
  .array(
    fc.constantFrom(
      '{', '}', '[', ']', ',', ':', ' ', '\n', '"', '\\', '"a"', '"1"', '"\\""', '0', '1', '-', '-2.5e+3', '01', '1.', '.5', '+1',
      'e', 'E', 'true', 'null', 'a', '_', '1e', '\u00e9',
    ), // prettier-ignore
    { maxLength: 14 },
  )
  .map((some) => some.join(''));

describe('numbers as texts', () => {
  it('are the digits that stood there, and nothing else is changed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
        const written = JSON.stringify(value, null, indent);
        expect(JSON.parse(quoteNumbers(written))).toEqual(withTexts(JSON.parse(written)));
      }),
    );
  });

  it('make no JSON of what is none, and none of what is', () => {
    fc.assert(
      fc.property(pieces, (text) => {
        expect(isJson(quoteNumbers(text))).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['{1:2}', '{1:"2"}'],
    ['{"a":1 , "b" :-0.50}', '{"a":"1" , "b" :"-0.50"}'],
    ['["\\\\",1,"\\"2",3]', '["\\\\","1","\\"2","3"]'],
    ['[NaN,-Infinity,NotANumber]', '["NaN","-Infinity",NotANumber]'],
    ['12', '"12"'],
    ['"12', '"12'],
  ])('in %s', (text, quoted) => expect(quoteNumbers(text)).toBe(quoted));

  it('refuses nesting that no walk over the value would survive', () => {
    expect(() => quoteNumbers('['.repeat(100_000))).toThrow(RangeError);
  });
});
