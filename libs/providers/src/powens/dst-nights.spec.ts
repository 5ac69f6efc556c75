import { describe, expect, it } from 'vitest';
import { formatSystemTime, parseInstant } from './parse-time.js';
import { changedSince, laterOf } from './transactions-cursor.js';
import { translateTransaction } from './translate-transaction.js';

const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;

/** Every quarter of an hour from the evening before to the morning after. */
const instantsOf = (evening: string): readonly number[] =>
  Array.from({ length: 12 * 4 }, (_, quarter) => Date.parse(evening) + quarter * QUARTER_MS);

describe.each([
  ['spring', '2026-03-28T20:00:00Z', []],
  [
    'autumn',
    '2026-10-24T20:00:00Z',
    [
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T01:15:00.000Z',
      '2026-10-25T01:30:00.000Z',
      '2026-10-25T01:45:00.000Z',
    ],
  ],
])('in the night of %s in which Paris changes its clocks', (_, evening, ambiguous) => {
  const instants = instantsOf(evening);

  it('every instant is read as it was written, but for the hour that comes twice, which is taken for its first time', () => {
    const misread = instants.filter((instant) => parseInstant(formatSystemTime(instant)) !== instant);
    expect(misread.map((instant) => new Date(instant).toISOString())).toEqual(ambiguous);
    for (const instant of misread) expect(parseInstant(formatSystemTime(instant))).toBe(instant - HOUR_MS);
  });

  it('the overlap of a cursor covers it: what changed at that instant is asked for again', () => {
    for (const instant of instants) {
      const since = parseInstant(changedSince({ lastUpdate: formatSystemTime(instant) }));
      expect(instant - (since ?? Number.NaN)).toBeGreaterThanOrEqual(2 * HOUR_MS);
      expect(instant - (since ?? Number.NaN)).toBeLessThanOrEqual(5 * HOUR_MS);
    }
  });

  it('a high-water mark goes back by no more than that hour', () => {
    let mark: string | null = null;
    for (const instant of instants) {
      mark = laterOf(mark, formatSystemTime(instant), Number.POSITIVE_INFINITY);
      const behind = instant - (parseInstant(mark) ?? Number.NaN);
      expect(behind).toBeGreaterThanOrEqual(0);
      expect(behind).toBeLessThanOrEqual(HOUR_MS);
    }
  });

  it.each(instants.map((instant) => formatSystemTime(instant)))(
    'a row of %s keeps its days and its amount',
    (last_update) => {
      const date = last_update.slice(0, 10);
      const raw = { id: '1', id_account: '2', date, vdate: date, rdate: date, value: '-0.30', last_update };
      expect(translateTransaction(raw, () => 'EUR')).toMatchObject({
        kind: 'row',
        day: date,
        content: { bookedOn: date, valueOn: date, transactedOn: date, amount: '-0.30' },
      });
    },
  );
});
