const MS_PER_DAY = 86_400_000;

/** Whether the text is a day of the calendar: there is no 2026-02-30. */
export const isDay = (text: string): boolean => {
  const day = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : NaN);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
};

/** Whether clocks show it: `HH:MM` or `HH:MM:SS`. */
export const isTime = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text);

/** A day and a time of the day, with a blank or a T between them. */
export const isDayAndTime = (text: string): boolean =>
  isDay(text.slice(0, 10)) && /^[ T]$/.test(text.charAt(10)) && isTime(text.slice(11));

export const addDays = (day: string, count: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * MS_PER_DAY).toISOString().slice(0, 10);

const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();

/** The day itself, or the Monday after it: banks do not post at weekends. */
export const bankDay = (day: string): string =>
  weekday(day) === 6 ? addDays(day, 2) : weekday(day) === 0 ? addDays(day, 1) : day;

/** First days of all months that touch [from, until], oldest first. */
export const monthsBetween = (from: string, until: string): string[] => {
  const months: string[] = [];
  for (let month = `${from.slice(0, 7)}-01`; month <= until; month = `${addDays(month, 32).slice(0, 7)}-01`)
    months.push(month);
  return months;
};

export const lastDayOfMonth = (day: string): string =>
  addDays(`${addDays(`${day.slice(0, 7)}-01`, 32).slice(0, 7)}-01`, -1);
