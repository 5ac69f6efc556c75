declare const brand: unique symbol;

/** A day as a bank prints it, `YYYY-MM-DD`. It has no time zone and is never shifted. */
export type BankDay = string & { readonly [brand]: 'BankDay' };

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MS_PER_DAY = 86_400_000;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysIn = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0);

/** The day, or `undefined` when the text is no day of the calendar (`2026-02-30`, `2026-3-1`, `2026-03-01T00:00Z`). */
export const parseBankDay = (text: string): BankDay | undefined => {
  const parts = SHAPE.exec(text);
  if (!parts) return undefined;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  // A year below 100 is a slip: dates would take it for one of the last century.
  return year >= 100 && day >= 1 && day <= daysIn(year, month) ? (text as BankDay) : undefined;
};

/** The day `count` days later (earlier when negative). */
export const addDays = (day: BankDay, count: number): BankDay =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * MS_PER_DAY).toISOString().slice(0, 10) as BankDay;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one costs more than all that is done with it. */
const formatIn = (timeZone: string): Intl.DateTimeFormat => {
  // Asked for part by part: the order of a locale's short date changed between releases of ICU.
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  formats.set(timeZone, format);
  return format;
};

/** The calendar day that a clock in `timeZone` (IANA name) shows at `instant` (ISO 8601 UTC). */
export const dayIn = (timeZone: string, instant: string): BankDay => {
  const shown = formatIn(timeZone).formatToParts(new Date(instant));
  const parts = new Map(shown.map(({ type, value }) => [type, value]));
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}` as BankDay;
};
