import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.js';

type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** The same value with the members of every object in the opposite order. */
const turnedAround = (value: Value): Value => {
  if (Array.isArray(value)) return value.map(turnedAround);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, turnedAround(member)]),
  );
};

const values = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Value>;

describe('canonicalJson', () => {
  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order in which members were set', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(canonicalJson(turnedAround(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it.each([
    [{ b: 1, a: { d: [], c: null } }, '{"a":{"c":null,"d":[]},"b":1}'],
    [{ b: undefined, a: 1 }, '{"a":1}'],
    [{ a: { b: undefined } }, '{"a":{}}'],
    [[undefined, { z: 1, y: undefined }], '[null,{"z":1}]'],
    [undefined, 'null'],
    ['é"\n', '"é\\"\\n"'],
    [{ Z: 1, a: 2, é: 3, A: 4 }, '{"A":4,"Z":1,"a":2,"é":3}'],
    [{ '10': 1, '9': 2 }, '{"10":1,"9":2}'],
  ])('writes %j as %s', (value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });
});
