import { stringify } from 'lossless-json';
import { quoteNumbers } from './quote-numbers.js';

/**
 * JSON text as a value in which every number is the text that was sent: `-248.9` arrives as `'-248.9'`, a 64-bit id keeps all
 * its digits. A number and a string of the same digits are the same to us, which is what providers' habits ask for.
 * A bare `NaN` or `Infinity`, which is no JSON but what some servers print, arrives as that text: one bad row must not cost the
 * page. Throws `SyntaxError`, or `RangeError` when the nesting is absurd.
 */
export const parseLossless = (text: string): unknown => JSON.parse(quoteNumbers(text));

/** JSON text of a body to send; a `bigint` becomes a number with all its digits. */
export const stringifyLossless = (value: unknown): string => stringify(value) ?? 'null';

/** The value, or `undefined` when the bytes are no JSON. Never throws. */
export const tryParseLossless = (bytes: Uint8Array): unknown => {
  try {
    return parseLossless(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
};
