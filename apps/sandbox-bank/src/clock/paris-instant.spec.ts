import { expect, it } from 'vitest';
import { parisTimestamp } from '../timestamps.js';
import { parisInstant } from './paris-instant.js';

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
