import { storableText } from '#kernel';

/** An object of a provider's JSON, of which nothing is known yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export const asRecord = (value: unknown): JsonRecord | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : null;

export const asList = (value: unknown): readonly unknown[] | null => (Array.isArray(value) ? value : null);

/**
 * Text that says something; `null` for anything else, the empty string included. What no store could hold is replaced
 * here, at the border, so that one bad row halts neither its import nor any projection of it.
 */
export const asText = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? storableText(value) : null;
