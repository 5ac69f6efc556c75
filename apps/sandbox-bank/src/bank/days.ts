const MS_PER_DAY = 86_400_000;

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
