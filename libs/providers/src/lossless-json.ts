import { parse, stringify } from 'lossless-json';

/** Texts are matched too, so that what stands inside them stays as it is. */
const NOT_A_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g;

const strictly = (text: string): unknown =>
  parse(text, undefined, { parseNumber: (digits) => digits, onDuplicateKey: ({ newValue }) => newValue });

/**
 * JSON text as a value in which every number is the text that was sent: `-248.9` arrives as `'-248.9'`, a 64-bit id keeps all
 * its digits. A number and a string of the same digits are the same to us, which is what providers' habits ask for.
 * A bare `NaN` or `Infinity`, which is no JSON but what some servers print, arrives as that text: one bad row must not cost the
 * page. Throws `SyntaxError`, or `RangeError` when the nesting is absurd.
 */
export const parseLossless = (text: string): unknown => {
  try {
    return strictly(text);
  } catch (error) {
    const mended = text.replaceAll(NOT_A_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`));
    if (mended === text) throw error;
    return strictly(mended);
  }
};

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
