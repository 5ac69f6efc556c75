const REPLACEMENT = '\uFFFD';
/** Any half of a pair, whole ones too: hardly a text holds one. */
const HALF = /[\uD800-\uDFFF]/;

/**
 * The text with what PostgreSQL's texts cannot hold replaced by U+FFFD: NUL, and half of a character (an emoji that somebody
 * cut in two). One such text must not halt the projections behind it for ever.
 */
export const storableText = (text: string): string =>
  text.includes('\u0000') || HALF.test(text)
    ? text.replaceAll('\u0000', REPLACEMENT).replaceAll(/\p{Surrogate}/gu, REPLACEMENT)
    : text;
