/** Of long lists so many items stand for all. */
const SAMPLED = 10;

/**
 * About how many characters the JSON of a value has, at a small part of what writing it costs: to keep a buffer within bounds,
 * where it is no matter whether these are met by a tenth. Items of one list are taken to be of one kind.
 */
export const roughSize = (value: unknown): number => {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  if (Array.isArray(value)) {
    const some: readonly unknown[] = value.slice(0, SAMPLED);
    const size = some.reduce<number>((sum, item) => sum + roughSize(item) + 1, 2);
    return some.length < value.length ? Math.ceil((size * value.length) / SAMPLED) : size;
  }
  return Object.entries(value).reduce((sum, [name, member]) => sum + name.length + 4 + roughSize(member), 2);
};
