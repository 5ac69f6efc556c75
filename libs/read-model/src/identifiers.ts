const NAME = /^[a-z][a-z0-9_]{0,50}$/;

/** The name, checked to be usable in SQL unquoted and short enough to be given a suffix. */
export const identifier = (name: string): string => {
  if (NAME.test(name)) return name;
  throw new RangeError(
    `"${name}" is no usable name of a schema, table or column (a-z, 0-9, _; at most 51 characters).`,
  );
};
