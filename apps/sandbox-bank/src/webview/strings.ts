export type Strings = Readonly<Record<string, string | undefined>>;

/** Parameters of a query or a form: of several values of one name the first counts. */
export const toStrings = (source: unknown): Strings =>
  Object.fromEntries(
    Object.entries((source ?? {}) as Record<string, unknown>).map(([name, value]) => [
      name,
      String((Array.isArray(value) ? value[0] : value) ?? ''),
    ]),
  );

/** All values of one name. */
export const valuesOf = (source: unknown, name: string): string[] => {
  const value = ((source ?? {}) as Record<string, unknown>)[name];
  return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
};

export const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** The address to send the browser back to; `undefined` values are left out. */
export const withParameters = (uri: string, parameters: Strings): string => {
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`);
  return query.length === 0 ? uri : `${uri}?${query.join('&')}`;
};
