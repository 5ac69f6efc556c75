import { expect, it } from 'vitest';
import { parisTimestamp } from '../timestamps.js';
import { parisInstant, toInstant } from './paris-instant.js';

const utc = (day: string, time: string): string => new Date(parisInstant(day, time)).toISOString();

it('knows winter and summer time of Paris', () => {
  expect(utc('2026-01-12', '06:00')).toBe('2026-01-12T05:00:00.000Z');
  expect(utc('2026-07-12', '06:00:30')).toBe('2026-07-12T04:00:30.000Z');
});

it('takes the first of two hours, and carries on where an hour is missing', () => {
  expect(utc('2026-10-25', '02:30')).toBe('2026-10-25T00:30:00.000Z');
  expect(utc('2026-10-25', '03:30')).toBe('2026-10-25T02:30:00.000Z');
  expect(utc('2026-03-29', '01:30')).toBe('2026-03-29T00:30:00.000Z');
  expect(parisTimestamp(parisInstant('2026-03-29', '02:30'))).toBe('2026-03-29 03:30:00');
});

it.each([
  ['2026-02-28', '2026-02-27T23:00:00.000Z'],
  ['2028-02-29 06:00', '2028-02-29T05:00:00.000Z'],
  ['2026-03-01T06:00:30Z', '2026-03-01T06:00:30.000Z'],
  ['2026-03-01 06:00:30.250+02:00', '2026-03-01T04:00:30.250Z'],
])('reads %s', (text, instant) => {
  expect(new Date(toInstant(text) ?? 0).toISOString()).toBe(instant);
});

it.each([
  '2026-02-29',
  '2026-02-30 05:00',
  '2026-02-30T05:00:00Z',
  '2026-13-45 06:00',
  '2026-04-31',
  '2026-03-01 24:00',
  '2026-03-01 06:60',
  '2026-03-01 06:00:61Z',
  '2026-03-01 06:00+99:00',
  'tomorrow',
])('takes nothing that is not in the calendar: %s', (text) => expect(toInstant(text)).toBeUndefined());
