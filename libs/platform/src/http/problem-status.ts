/** Error code → HTTP status, for codes that the rules below would get wrong. */
export type StatusTable = Readonly<Record<string, number>>;

const BY_SUFFIX: readonly [RegExp, number][] = [
  [/\.(invalid|malformed)$|\.invalid-/, 400],
  [/\.unauthorized$/, 401],
  [/\.forbidden$/, 403],
  [/\.(not-found|unknown)$/, 404],
  [/\.(already-exists|conflict)$/, 409],
  [/\.gone$/, 410],
  [/\.too-large$/, 413],
  [/\.(rate-limited|too-many)$/, 429],
  [/\.unavailable$/, 503],
  [/\.timeout$/, 504],
];

/** A rule of the domain that the present state does not allow is a conflict with that state. */
const OTHERWISE = 409;

export const statusOfCode = (code: string, table: StatusTable): number =>
  table[code] ?? BY_SUFFIX.find(([pattern]) => pattern.test(code))?.[1] ?? OTHERWISE;
