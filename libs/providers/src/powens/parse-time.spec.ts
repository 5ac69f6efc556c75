import { afterEach, describe, expect, it } from 'vitest';
import { formatSystemTime, parseDay, parseTime } from './parse-time.js';

describe('a system timestamp of Powens', () => {
  it.each([
    ['winter', '2026-03-14 06:12:31', '2026-03-14T05:12:31.000Z'],
    ['summer', '2026-07-14 06:12:31', '2026-07-14T04:12:31.000Z'],
    ['before midnight', '2026-01-01 00:30:00', '2025-12-31T23:30:00.000Z'],
    ['T instead of a space', '2026-03-14T06:12:31', '2026-03-14T05:12:31.000Z'],
    ['UTC', '2026-03-14T06:12:31Z', '2026-03-14T06:12:31.000Z'],
    ['microseconds', '2026-03-14T06:12:31.123456Z', '2026-03-14T06:12:31.123Z'],
    ['offset', '2026-03-14 06:12:31+05:30', '2026-03-14T00:42:31.000Z'],
    ['offset without a colon', '2026-03-14 06:12:31-0330', '2026-03-14T09:42:31.000Z'],
    ['without seconds', '2026-03-14 06:12', '2026-03-14T05:12:00.000Z'],
    ['a bare day', '2026-03-14', '2026-03-13T23:00:00.000Z'],
    ['last second before the clock is put forward', '2026-03-29 01:59:59', '2026-03-29T00:59:59.000Z'],
    ['an hour that does not exist', '2026-03-29 02:30:00', '2026-03-29T01:30:00.000Z'],
    ['first second after it', '2026-03-29 03:00:00', '2026-03-29T01:00:00.000Z'],
    ['last second before the hour that comes twice', '2026-10-25 01:59:59', '2026-10-24T23:59:59.000Z'],
    ['an hour that comes twice, the first of them', '2026-10-25 02:30:00', '2026-10-25T00:30:00.000Z'],
    ['first second after it', '2026-10-25 03:00:00', '2026-10-25T02:00:00.000Z'],
  ])('is read in Paris time unless it says otherwise: %s', (_, raw, utc) => {
    expect(parseTime(raw)).toBe(utc);
  });

  it.each([
    null,
    undefined,
    20260314,
    '',
    '0000-00-00 00:00:00',
    '2026-02-30 10:00:00',
    '2026-03-14 24:00:00',
    'soon',
    {},
  ])('is absent when it is none: %j', (raw) => expect(parseTime(raw)).toBeNull());

  it.each([
    ['2026-03-29T01:00:00Z', '2026-03-29 03:00:00'],
    ['2026-10-25T01:30:00Z', '2026-10-25 02:30:00'],
    ['2026-01-12T08:00:00.900Z', '2026-01-12 09:00:00'],
  ])('is written as Paris wall time: %s', (utc, wall) => {
    expect(formatSystemTime(Date.parse(utc))).toBe(wall);
  });
});

describe('the zone of the machine', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it.each(['America/Los_Angeles', 'Pacific/Kiritimati', 'Europe/Paris', 'UTC'])(
    'does not matter: %s',
    (tz) => {
      process.env['TZ'] = tz;
      expect(parseTime('2026-10-25 02:30:00')).toBe('2026-10-25T00:30:00.000Z');
      expect(parseTime('2026-03-29 02:30:00')).toBe('2026-03-29T01:30:00.000Z');
      expect(parseDay('2026-03-29')).toBe('2026-03-29');
    },
  );
});

describe('a day of Powens', () => {
  it.each([
    ['2026-03-13', '2026-03-13'],
    ['2026-03-13 00:00:00', '2026-03-13'],
    ['2026-03-13T00:00:00', '2026-03-13'],
  ])('is never shifted: %s', (raw, day) => expect(parseDay(raw)).toBe(day));

  it.each(['2026-02-29', '2026-3-13', '0000-00-00', '2026-03-13T23:00:00Z', '2026-03', '', null, 13])(
    'is absent when it is none or says more than a day: %j',
    (raw) => expect(parseDay(raw)).toBeNull(),
  );
});
