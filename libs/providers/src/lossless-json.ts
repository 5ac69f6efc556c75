import { parse, stringify } from 'lossless-json';

/**
 * JSON text as a value in which every number is the text that was sent: `-248.9` arrives as `'-248.9'`, a 64-bit id keeps all
 * its digits. A number and a string of the same digits are the same to us, which is what providers' habits ask for.
 * Throws `SyntaxError`, or `RangeError` when the nesting is absurd.
 */
export const parseLossless = (text: string): unknown =>
  parse(text, undefined, { parseNumber: (digits) => digits, onDuplicateKey: ({ newValue }) => newValue });

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
