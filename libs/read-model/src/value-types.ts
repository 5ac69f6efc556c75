import { type CustomTypesConfig, types } from 'pg';

type Parse = (text: string) => unknown;

const TIMESTAMP = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d+)?([+-]\d{2})(?::?(\d{2}))?$/;

/**
 * `timestamptz` as ISO 8601 UTC with at least milliseconds. Microseconds are kept where there are any, so that a value
 * can be compared with the column again; `infinity` stays as it is.
 */
export const isoInstant: Parse = (text) => {
  const [, day, time, fraction = '', hours, minutes = '00'] = TIMESTAMP.exec(text) ?? [];
  if (!day || !time || !hours) return text;
  const utc = new Date(`${day}T${time}${hours}:${minutes}`).toISOString().slice(0, 19);
  return `${utc}.${fraction.slice(1).padEnd(3, '0')}Z`;
};

const asIs: Parse = (text) => text;

const { DATE, INT8, NUMERIC, TIMESTAMP: LOCAL_TIMESTAMP, TIMESTAMPTZ } = types.builtins;
/** The driver's list of types has no arrays; it knows their parsers all the same. */
const TEXT_ARRAY = 1009 as Parameters<typeof types.getTypeParser>[0];

const PARSERS = new Map<number, Parse>([
  [DATE, asIs],
  [NUMERIC, asIs],
  [LOCAL_TIMESTAMP, asIs],
  [INT8, BigInt],
  [TIMESTAMPTZ, isoInstant],
]);

/** Type id of the array → parser of its elements. */
const ARRAYS = new Map<number, Parse>([
  [1182, asIs],
  [1231, asIs],
  [1115, asIs],
  [1016, BigInt],
  [1185, isoInstant],
]);

const arrayOf =
  (parse: Parse): Parse =>
  (text) => {
    const items: unknown = types.getTypeParser(TEXT_ARRAY, 'text')(text);
    return Array.isArray(items)
      ? items.map((item) => (typeof item === 'string' ? parse(item) : item))
      : items;
  };

/** How values arrive: `date` → `YYYY-MM-DD`, `int8` → bigint, `numeric` → string, `timestamptz` → ISO 8601 UTC. */
export const valueTypes: CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary') => {
    const element = ARRAYS.get(id);
    return PARSERS.get(id) ?? (element ? arrayOf(element) : types.getTypeParser(id, format ?? 'text'));
  },
};
