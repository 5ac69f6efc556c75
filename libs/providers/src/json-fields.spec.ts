import { describe, expect, it } from 'vitest';
import { asText } from './json-fields.js';

describe('a text of a provider', () => {
  it.each([undefined, null, 7, '', '  \n'])('is absent when it says nothing: %j', (value) =>
    expect(asText(value)).toBeNull(),
  );

  it('keeps everything that can be stored, whole emoji included', () =>
    expect(asText('CB É 💶\t12')).toBe('CB É 💶\t12'));

  it.each([
    ['a\u0000b', 'a\uFFFDb'],
    ['cut \uD83D', 'cut \uFFFD'],
    ['\uDCB6 cut', '\uFFFD cut'],
  ])('loses what no store could hold: %j', (text, kept) => expect(asText(text)).toBe(kept));
});
