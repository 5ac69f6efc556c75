import { isDay, isTime } from '../bank/days.js';
import { parisTimestamp } from '../timestamps.js';

const HOUR_MS = 3_600_000;

/**
 * The instant at which clocks in Paris show `day` and `time` (`HH:MM` or `HH:MM:SS`). In the night with the hour that
 * comes twice it is the first one; a time that does not exist is as long after midnight as clocks would have said.
 */
export const parisInstant = (day: string, time = '00:00'): number => {
  const wall = `${day} ${time.length === 5 ? `${time}:00` : time}`;
  const asUtc = Date.parse(`${wall.replace(' ', 'T')}Z`);
  const summer = asUtc - 2 * HOUR_MS;
  return parisTimestamp(summer) === wall ? summer : asUtc - HOUR_MS;
};

const SHAPE = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** A day, a wall time of Paris, or an instant with its zone. `undefined`: none of them, or not in the calendar. */
export const toInstant = (text: string): number | undefined => {
  const [, day, time = '00:00', zone] = SHAPE.exec(text.trim()) ?? [];
  if (day === undefined || !isDay(day) || !isTime(time)) return undefined;
  const instant = zone === undefined ? parisInstant(day, time) : Date.parse(text.trim().replace(' ', 'T'));
  return Number.isNaN(instant) ? undefined : instant;
};
