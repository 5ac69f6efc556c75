import type { StoredEvent } from '../log/stored-event.js';

/** Which events of the whole log a reader wants: by prefixes, or by one regular expression, of stream name or type. */
export interface EventFilter {
  readonly on: 'stream' | 'type';
  readonly prefixes: readonly string[];
  readonly regex?: RegExp;
}

export const matches = (filter: EventFilter | null, event: StoredEvent): boolean => {
  if (filter === null) return true;
  const subject = filter.on === 'stream' ? event.stream : event.type;
  return filter.regex === undefined
    ? filter.prefixes.some((prefix) => subject.startsWith(prefix))
    : filter.regex.test(subject);
};

/** More branches than this and looking through the whole log is no worse. */
const MAX_CATEGORIES = 16;

/**
 * The categories (`ledger-`) outside which nothing can match, so that an index finds the rest; empty when the whole log
 * must be looked through.
 */
export const categoriesOf = (filter: EventFilter | null): readonly string[] => {
  if (filter === null || filter.on !== 'stream' || filter.regex !== undefined) return [];
  const categories = new Set(filter.prefixes.map((prefix) => prefix.slice(0, prefix.indexOf('-') + 1)));
  return categories.has('') || categories.size > MAX_CATEGORIES ? [] : [...categories];
};
