import { asRecord, asText } from '../json-fields.js';
import { parseLossless, stringifyLossless } from '../lossless-json.js';
import { formatSystemTime, parseInstant } from './parse-time.js';

/** Covers the doubt about the zone of Powens' timestamps, and what it wrote while we were reading. */
const OVERLAP_MS = 3 * 3_600_000;

/** How far the changes of a connection's transactions were read. */
export interface TransactionsCursor {
  /** Greatest `last_update` seen, exactly as Powens wrote it. */
  readonly lastUpdate: string;
}

/** `null` for a cursor of another version or make: everything is read again, which repeats but never misses. */
export const parseCursor = (text: string | null): TransactionsCursor | null => {
  if (text === null) return null;
  try {
    const cursor = asRecord(parseLossless(text));
    const lastUpdate = asText(cursor?.['lastUpdate']);
    return cursor?.['v'] !== '2' || lastUpdate === null || parseInstant(lastUpdate) === null
      ? null
      : { lastUpdate };
  } catch {
    return null;
  }
};

export const formatCursor = ({ lastUpdate }: TransactionsCursor): string =>
  stringifyLossless({ v: 2, lastUpdate });

/** The mark, or `latestMs` where it lies beyond. */
export const noLaterThan = (lastUpdate: string, latestMs: number): string =>
  (parseInstant(lastUpdate) ?? 0) > latestMs ? formatSystemTime(latestMs) : lastUpdate;

/** Value of Powens' `last_update` filter for what changed since the cursor. */
export const changedSince = (cursor: TransactionsCursor): string =>
  formatSystemTime((parseInstant(cursor.lastUpdate) ?? 0) - OVERLAP_MS);

/** The later of two raw timestamps; one that lies beyond `latestMs` is a provider's slip and would blind every later fetch. */
export const laterOf = (a: string | null, b: string | null, latestMs: number): string | null => {
  // Rows of one reading bear the same time, thousands of them.
  if (a === b) return a;
  const instant = parseInstant(b);
  if (instant === null || instant > latestMs) return a;
  return a === null || instant > (parseInstant(a) ?? 0) ? b : a;
};
