/** An object of a provider's JSON, of which nothing is known yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export const asRecord = (value: unknown): JsonRecord | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : null;

export const asList = (value: unknown): readonly unknown[] | null => (Array.isArray(value) ? value : null);

const REPLACEMENT = '\uFFFD';
/** Any half of a pair, whole ones too: hardly a text holds one. */
const HALF = /[\uD800-\uDFFF]/;

/** PostgreSQL's texts can hold neither NUL nor half of a character (an emoji that a bank cut in two). */
const storable = (text: string): string =>
  text.includes('\u0000') || HALF.test(text)
    ? text.replaceAll('\u0000', REPLACEMENT).replaceAll(/\p{Surrogate}/gu, REPLACEMENT)
    : text;

/**
 * Text that says something; `null` for anything else, the empty string included. What no store could hold is replaced
 * here, at the border, so that one bad row halts neither its import nor any projection of it.
 */
export const asText = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? storable(value) : null;
