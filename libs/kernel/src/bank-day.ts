declare const brand: unique symbol;

/** A day as a bank prints it, `YYYY-MM-DD`. It has no time zone and is never shifted. */
export type BankDay = string & { readonly [brand]: 'BankDay' };

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MS_PER_DAY = 86_400_000;

/** The day, or `undefined` when the text is no day of the calendar (`2026-02-30`, `2026-3-1`, `2026-03-01T00:00Z`). */
export const parseBankDay = (text: string): BankDay | undefined => {
  const parts = SHAPE.exec(text);
  if (!parts) return undefined;
  const day = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
  return day.toISOString().slice(0, 10) === text ? (text as BankDay) : undefined;
};

/** The day `count` days later (earlier when negative). */
export const addDays = (day: BankDay, count: number): BankDay =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * MS_PER_DAY).toISOString().slice(0, 10) as BankDay;

/** The calendar day that a clock in `timeZone` (IANA name) shows at `instant` (ISO 8601 UTC). */
export const dayIn = (timeZone: string, instant: string): BankDay => {
  // Asked for part by part: the order of a locale's short date changed between releases of ICU.
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const parts = new Map(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}` as BankDay;
};
