export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Names of members come again and again; foreign ones, of which there may be any number, are not kept beyond these. */
const MAX_NAMES = 1_000;
const names = new Map<string, string>();

const nameOf = (key: string): string => {
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = `${JSON.stringify(key)}:`;
  if (names.size < MAX_NAMES) names.set(key, name);
  return name;
};

const listText = (items: readonly unknown[]): string => {
  let text = '';
  for (const item of items) text += (text === '' ? '' : ',') + canonicalJson(item ?? null);
  return `[${text}]`;
};

const objectText = (value: object): string => {
  let text = '';
  for (const key of Object.keys(value).toSorted()) {
    const member: unknown = value[key as keyof typeof value];
    if (member !== undefined) text += (text === '' ? '' : ',') + nameOf(key) + canonicalJson(member);
  }
  return `{${text}}`;
};

/**
 * JSON text with the keys of every object in code-unit order and members that are `undefined` left out, so that equal
 * values give equal text: the base of deterministic ids and of comparisons. Ids of events are made of it, so each row passes
 * here: it is written in one go, without lists in between.
 */
export const canonicalJson = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return Array.isArray(value) ? listText(value) : objectText(value);
};
