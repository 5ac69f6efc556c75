import type { NoticeTarget } from '#domain';
import { asText } from './json-fields.js';

/** A target of which nothing is known yet. */
export const NOBODY: NoticeTarget = {
  connectionId: null,
  providerUserId: null,
  providerConnectionId: null,
  providerAccountId: null,
};

const MAX_ID_CHARACTERS = 200;

/**
 * An id in a webhook; `null` for what cannot be one: no text, longer than any provider's, with control characters or characters
 * that arrived damaged.
 */
export const asId = (value: unknown): string | null => {
  const text = asText(value);
  return text === null || text.length > MAX_ID_CHARACTERS || /[\p{Cc}\uFFFD]/u.test(text) ? null : text;
};

const MAX_NAME_CHARACTERS = 64;

/** The name of an event that no rule may know, short enough to keep whatever was sent; `null` when there is none. */
export const asEventName = (value: unknown): string | null =>
  typeof value === 'string' ? asText(value.slice(0, MAX_NAME_CHARACTERS)) : null;
