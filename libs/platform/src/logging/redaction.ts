import { Secret } from '#kernel';

const HIDDEN = '[secret]';
const SECRET_KEY =
  /authorization|cookie|token|secret|password|passphrase|api_?-?key|encryption_?key|signature|credentials/i;
const IBAN_KEY = /iban/i;
const DEEPEST = 8;

const maskedIban = (iban: string): string => `…${iban.replaceAll(/\s/g, '').slice(-4)}`;

/** Texts that are secret wherever they stand: bearer keys, sealed tokens, passwords in addresses, IBANs. */
const TEXT_RULES: readonly [RegExp, string | ((found: string) => string)][] = [
  [/\bBearer\s+[\w.~+/=-]+/gi, `Bearer ${HIDDEN}`],
  [/\bgAAAAA[\w-]{40,}={0,2}/g, HIDDEN],
  [/(?<=:\/\/[^\s/:@"\\]*:)[^\s/@"\\]+(?=@)/g, HIDDEN],
  [/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g, maskedIban],
];

/** The text without what must not be logged. */
export const redactText = (text: string): string =>
  TEXT_RULES.reduce(
    (clean, [pattern, shown]) =>
      typeof shown === 'string' ? clean.replace(pattern, shown) : clean.replace(pattern, shown),
    text,
  );

const SECRET_MEMBER = new RegExp(
  `"([^"\\\\]*(?:${SECRET_KEY.source})[^"\\\\]*)":"(?:[^"\\\\]|\\\\.)*"`,
  'gi',
);

/** A whole JSON line; also covers what is serialised before it can be looked at, such as a child logger's members. */
export const redactLine = (json: string): string =>
  redactText(json.replace(SECRET_MEMBER, `"$1":"${HIDDEN}"`));

const redactMember = (key: string, value: unknown, depth: number): unknown => {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (SECRET_KEY.test(key)) return HIDDEN;
  if (IBAN_KEY.test(key) && typeof value === 'string') return maskedIban(value);
  return redactValue(value, depth);
};

const errorMembers = (error: Error): Record<string, unknown> => ({
  ...Object.fromEntries(Object.entries(error)),
  type: error.name,
  message: error.message,
  stack: error.stack,
  ...(error.cause === undefined ? {} : { cause: error.cause }),
});

/** A copy that may be logged: members with secret names hidden, IBANs masked to their last four characters. */
export const redactValue = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Secret) return HIDDEN;
  if (depth >= DEEPEST) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  if (value instanceof Date) return value.toISOString();
  const members = value instanceof Error ? errorMembers(value) : value;
  return Object.fromEntries(
    Object.entries(members).map(([key, member]) => [key, redactMember(key, member, depth + 1)]),
  );
};
