import type { BankDay } from '#kernel';
import { asRecord, asText } from '../json-fields.js';
import { parseLossless, stringifyLossless } from '../lossless-json.js';
import { formatSystemTime, parseDay, parseInstant } from './parse-time.js';

/** Covers the doubt about the zone of Powens' timestamps, and what it wrote while we were reading. */
const OVERLAP_MS = 3 * 3_600_000;

/** How far the transactions of a connection were read. */
export interface TransactionsCursor {
  /** Greatest `last_update` seen, exactly as Powens wrote it. */
  readonly lastUpdate: string;
  /** Accounts that were read in full, each with the first day of that reading. */
  readonly accounts: ReadonlyMap<string, BankDay>;
}

/** `null` for a cursor of another version or make: everything is read again, which repeats but never misses. */
export const parseCursor = (text: string | null): TransactionsCursor | null => {
  if (text === null) return null;
  try {
    const cursor = asRecord(parseLossless(text));
    const lastUpdate = asText(cursor?.['lastUpdate']);
    if (cursor?.['v'] !== '1' || lastUpdate === null || parseInstant(lastUpdate) === null) return null;
    const accounts = Object.entries(asRecord(cursor['accounts']) ?? {}).flatMap(([id, from]) => {
      const day = parseDay(from);
      return day === null ? [] : [[id, day] as const];
    });
    return { lastUpdate, accounts: new Map(accounts) };
  } catch {
    return null;
  }
};

export const formatCursor = (cursor: TransactionsCursor): string =>
  stringifyLossless({ v: 1, lastUpdate: cursor.lastUpdate, accounts: Object.fromEntries(cursor.accounts) });

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
