import { type BankDay, parseBankDay } from '#kernel';

/** Where Powens' clocks hang: system timestamps come without a zone and are Paris wall time (seen in production by Formance). */
const SYSTEM_ZONE = 'Europe/Paris';
const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|[+-]\d{2}:?\d{2})?$/i;

const wallClock = new Intl.DateTimeFormat('sv-SE', {
  timeZone: SYSTEM_ZONE,
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** Zone offsets change on full hours only, so one look-up serves every timestamp of the hour. */
const offsets = new Map<number, number>();

const offsetAt = (instantMs: number): number => {
  const hour = Math.floor(instantMs / MS_PER_HOUR);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  if (offsets.size > 10_000) offsets.clear();
  const hourMs = hour * MS_PER_HOUR;
  const offset = Date.parse(`${wallClock.format(hourMs).replace(' ', 'T')}Z`) - hourMs;
  offsets.set(hour, offset);
  return offset;
};

/**
 * Instant of a wall time. In the autumn night, when an hour comes twice, the first one is meant (an overlap then only grows);
 * in the spring night, when it does not exist, the clock is taken as not yet put forward.
 */
const instantOfWall = (wallMs: number): number => {
  const dayBefore = offsetAt(wallMs - 24 * MS_PER_HOUR);
  const dayAfter = offsetAt(wallMs + 24 * MS_PER_HOUR);
  const fits = [dayBefore, dayAfter]
    .map((offset) => wallMs - offset)
    .filter((instant) => instant + offsetAt(instant) === wallMs);
  return fits.length > 0 ? Math.min(...fits) : wallMs - dayBefore;
};

const offsetOf = (text: string): number => {
  const sign = text.startsWith('-') ? -1 : 1;
  return sign * (Number(text.slice(1, 3)) * 60 + Number(text.slice(-2))) * MS_PER_MINUTE;
};

const instantOf = (text: string): number | null => {
  const parts = TIMESTAMP.exec(text.trim());
  if (!parts) return null;
  const [, day = '', hours = '0', minutes = '0', seconds = '0', fraction = '', zone] = parts;
  if (!parseBankDay(day) || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const clock = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  const wallMs = Date.parse(`${day}T00:00:00Z`) + clock + Number(fraction.padEnd(3, '0').slice(0, 3));
  if (zone === undefined) return instantOfWall(wallMs);
  return zone.toUpperCase() === 'Z' ? wallMs : wallMs - offsetOf(zone);
};

interface Read {
  readonly instant: number | null;
  readonly iso: string | null;
}

/** Rows that the bank was asked for at once bear one time. */
const texts = new Map<string, Read>();

const read = (text: string): Read => {
  const known = texts.get(text);
  if (known) return known;
  const instant = instantOf(text);
  const fresh = { instant, iso: instant === null ? null : new Date(instant).toISOString() };
  if (texts.size >= 1_000) texts.clear();
  texts.set(text, fresh);
  return fresh;
};

/**
 * Milliseconds since 1970 of a Powens system timestamp: `YYYY-MM-DD HH:MM:SS`, with a space or a `T`, with or without an offset
 * (both were met, by connector); `null` for anything else.
 */
export const parseInstant = (value: unknown): number | null =>
  typeof value === 'string' ? read(value).instant : null;

/** The same as ISO 8601 UTC. */
export const parseTime = (value: unknown): string | null =>
  typeof value === 'string' ? read(value).iso : null;

/** An instant as Powens writes it: naive Paris wall time, `YYYY-MM-DD HH:MM:SS`. */
export const formatSystemTime = (instantMs: number): string => wallClock.format(instantMs);

/** A calendar day, never shifted; a midnight without zone behind it is tolerated. */
export const parseDay = (value: unknown): BankDay | null =>
  typeof value === 'string' ? (parseBankDay(value.trim().replace(/[T ]00:00(:00)?$/, '')) ?? null) : null;
