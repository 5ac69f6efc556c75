import { describe, expect, it } from 'vitest';
import { storableText } from './storable-text.js';

describe('a text that every store can hold', () => {
  it.each(['', 'CB É 💶\t12\n'])('is left as it is, whole emoji included: %j', (text) =>
    expect(storableText(text)).toBe(text),
  );

  it.each([
    ['a\u0000b\u0000', 'a\uFFFDb\uFFFD'],
    ['cut \uD83D', 'cut \uFFFD'],
    ['\uDCB6 cut', '\uFFFD cut'],
    ['\uDCB6\uD83D 💶', '\uFFFD\uFFFD 💶'],
  ])('is made of one that none could hold: %j', (text, kept) => expect(storableText(text)).toBe(kept));
});
