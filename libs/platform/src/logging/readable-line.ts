interface Line {
  readonly time?: string;
  readonly level?: string;
  readonly app?: string;
  readonly msg?: string;
  readonly err?: { readonly stack?: string };
  readonly [member: string]: unknown;
}

const COLOURS: Readonly<Record<string, number>> = {
  fatal: 31,
  error: 31,
  warn: 33,
  info: 32,
  debug: 36,
  trace: 90,
};

const membersText = (members: Readonly<Record<string, unknown>>): string =>
  Object.entries(members)
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');

/** One JSON log line as a person reads it on a terminal. */
export const readableLine = (json: string): string => {
  const { time = '', level = '', app = '', msg = '', err, ...rest } = JSON.parse(json) as Line;
  const label = `\u001B[${COLOURS[level] ?? 0}m${level.toUpperCase().padEnd(5)}\u001B[0m`;
  const stack = err?.stack ? `\n${err.stack}` : '';
  return `${time.slice(11, 23)} ${label} ${app}: ${msg}\u001B[90m${membersText(rest)}\u001B[0m${stack}\n`;
};
