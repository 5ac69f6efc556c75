import { Cron } from 'croner';

/** One moment of the schedule. */
export interface Slot {
  /** Local date and time in the schedule's zone, `YYYY-MM-DDTHH:mm`: the slot's name, also over a change of the clocks. */
  readonly name: string;
  /** The instant, ISO 8601 UTC. */
  readonly at: string;
}

const localName = (instant: Date, timeZone: string): string => {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
};

const MS_PER_SECOND = 1_000;

/** The schedule's latest slot that is not after `now`; `null` when the pattern never matched. */
export const latestSlot = (pattern: string, timeZone: string, now: string): Slot | null => {
  const cron = new Cron(pattern, { timezone: timeZone, paused: true });
  // The library looks for whole seconds before its reference, exclusively; the slot's own second is meant to count.
  const nextSecond = (Math.floor(Date.parse(now) / MS_PER_SECOND) + 1) * MS_PER_SECOND;
  const [at] = cron.previousRuns(1, new Date(nextSecond));
  return at ? { name: localName(at, timeZone), at: at.toISOString() } : null;
};
