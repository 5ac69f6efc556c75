import type { Settings, TimestampStyle } from '../settings.js';
import { parisInstant } from '../clock/paris-instant.js';
import { utcTimestamp } from '../timestamps.js';

const SYSTEM_TIMES =
  /"(last_update|created|next_try|date_scraped|disabled|deleted|expire|access_expire|signin|last_push)":"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)"/g;
const AMOUNTS =
  /"(value|gross_value|original_value|original_gross_value|balance|coming|coming_balance|commission)":(-?\d+(?:\.\d+)?)/g;

const styled = (day: string, time: string, style: TimestampStyle): string => {
  // A time that there is not, laid over an answer on purpose, stays as it is.
  if (Number.isNaN(Date.parse(`${day}T${time}Z`))) return `${day} ${time}`;
  const instant = parisInstant(day, time);
  if (style === 'utc') return utcTimestamp(instant);
  if (style === 'zulu') return new Date(instant).toISOString().replace('.000Z', 'Z');
  const hours = Math.round((Date.parse(`${day}T${time}Z`) - instant) / 3_600_000);
  return `${day}T${time}+0${hours}:00`;
};

/**
 * System timestamps and amounts in the shapes that were met in the field besides the documented ones: UTC without a
 * zone, ISO 8601 with `Z` or with an offset; amounts as texts.
 */
export const restyle = (
  json: string,
  settings: Pick<Settings, 'timestampStyle' | 'amountsAsText'>,
): string => {
  const { timestampStyle: style, amountsAsText } = settings;
  const timed =
    style === 'paris'
      ? json
      : json.replace(
          SYSTEM_TIMES,
          (_, name: string, day: string, time: string) => `"${name}":"${styled(day, time, style)}"`,
        );
  return amountsAsText ? timed.replace(AMOUNTS, '"$1":"$2"') : timed;
};
