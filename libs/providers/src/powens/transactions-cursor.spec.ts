import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from './parse-time.js';
import { changedSince, formatCursor, laterOf, noLaterThan, parseCursor } from './transactions-cursor.js';

const cursorAt = (lastUpdate: string) => ({ lastUpdate });
const LATEST = Date.parse('2026-12-31T00:00:00Z');

describe('the cursor', () => {
  it('survives being stored', () => {
    const cursor = cursorAt('2026-03-14 06:12:27');
    expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  });

  it.each([
    '',
    'null',
    '{}',
    '{"v":1,"lastUpdate":"2026-03-14 06:12:27","accounts":{}}',
    '{"v":2,"lastUpdate":"never"}',
    '{"v":2',
  ])('of another make means reading everything again: %s', (text) => expect(parseCursor(text)).toBeNull());
});

describe('what changed since', () => {
  it.each([
    ['an ordinary day', '2026-03-14 06:12:27', '2026-03-14 03:12:27'],
    ['an offset', '2026-03-14T06:12:27Z', '2026-03-14 04:12:27'],
    ['the spring night', '2026-03-29 04:00:00', '2026-03-29 00:00:00'],
    ['the spring night, an hour that does not exist', '2026-03-29 02:30:00', '2026-03-28 23:30:00'],
    ['the autumn night', '2026-10-25 04:00:00', '2026-10-25 02:00:00'],
    ['the autumn night, the hour that comes twice', '2026-10-25 02:30:00', '2026-10-24 23:30:00'],
  ])('reaches back three real hours: %s', (_, lastUpdate, since) => {
    expect(changedSince(cursorAt(lastUpdate))).toBe(since);
  });
});

describe('the overlap', () => {
  it('is two hours at least, however the provider reads our timestamp, and four at most', () => {
    const hour = 3_600_000;
    const years = { min: Date.parse('2020-01-01T00:00:00Z'), max: Date.parse('2030-01-01T00:00:00Z') };
    fc.assert(
      fc.property(fc.integer(years), (instant) => {
        const seen = new Date(instant).toISOString();
        const back = instant - (parseInstant(changedSince(cursorAt(seen))) ?? Number.NaN);
        expect(back).toBeGreaterThanOrEqual(2 * hour);
        expect(back).toBeLessThanOrEqual(4 * hour + 1000);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the later timestamp', () => {
  it.each([
    ['2026-03-14 06:12:27', '2026-03-14 06:12:28', '2026-03-14 06:12:28'],
    ['2026-03-14 06:12:27', '2026-03-14T05:30:00Z', '2026-03-14T05:30:00Z'],
    ['2026-03-14 06:12:27', null, '2026-03-14 06:12:27'],
    ['2026-03-14 06:12:27', 'soon', '2026-03-14 06:12:27'],
    ['2026-03-14 06:12:27', '2099-01-01 00:00:00', '2026-03-14 06:12:27'],
    [null, '2026-03-14 06:12:27', '2026-03-14 06:12:27'],
    [null, null, null],
  ])('of %s and %s is %s', (a, b, later) => expect(laterOf(a, b, LATEST)).toBe(later));
});

describe('the mark', () => {
  it.each([
    ['2026-03-14 06:12:27', '2026-03-14T05:12:26Z', '2026-03-14 06:12:26'],
    ['2026-03-14T06:12:27Z', '2026-03-14T05:00:00Z', '2026-03-14 06:00:00'],
    ['2026-03-14 06:12:27', '2026-03-14T05:12:27Z', '2026-03-14 06:12:27'],
  ])('of %s lies no later than %s: %s', (lastUpdate, begunAt, mark) =>
    expect(noLaterThan(lastUpdate, Date.parse(begunAt))).toBe(mark),
  );
});
