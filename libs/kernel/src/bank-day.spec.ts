import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addDays, type BankDay, dayIn, parseBankDay } from './bank-day.js';

/** Behind UTC, ahead of it by more than half a day, and two that jump by an hour twice a year. */
const ZONES = ['UTC', 'America/New_York', 'Pacific/Kiritimati', 'Europe/Paris', 'Pacific/Pago_Pago'] as const;

const day = (text: string): BankDay => {
  const parsed = parseBankDay(text);
  if (parsed === undefined) throw new Error(`${text} is no day`);
  return parsed;
};

const days = fc
  .integer({ min: Date.UTC(1900, 0, 1) / 86_400_000, max: Date.UTC(2200, 0, 1) / 86_400_000 })
  .map((count) => new Date(count * 86_400_000).toISOString().slice(0, 10) as BankDay);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('parseBankDay', () => {
  it.each(['2026-01-01', '2026-12-31', '2024-02-29', '2000-02-29', '1999-12-31'])('knows %s', (text) => {
    expect(parseBankDay(text)).toBe(text);
  });

  it.each([
    '', '2026-02-30', '2026-02-29', '1900-02-29', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00', '2026-1-1',
    '26-01-01', '2026/01/01', '01-02-2026', '2026-01-01T00:00:00Z', ' 2026-01-01', '2026-01-01\n', '0000-00-00', '٢٠٢٦-٠١-٠١',
  ])('refuses %j', (text) => {
    expect(parseBankDay(text)).toBeUndefined();
  }); // prettier-ignore
});

describe.each(ZONES)('with the clock of the machine in %s (pain H1)', (zone) => {
  const inZone = () => {
    vi.stubEnv('TZ', zone);
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
  };

  it('keeps the day as the bank printed it', () => {
    inZone();
    fc.assert(
      fc.property(days, (text) => {
        expect(parseBankDay(text)).toBe(text);
      }),
    );
  });

  it.each([
    ['2026-03-28', 1, '2026-03-29'],
    ['2026-03-29', 1, '2026-03-30'],
    ['2026-10-25', 1, '2026-10-26'],
    ['2026-10-26', -1, '2026-10-25'],
    ['2026-03-07', 2, '2026-03-09'],
    ['2026-11-01', 1, '2026-11-02'],
    ['1994-12-30', 1, '1994-12-31'],
    ['2011-12-29', 1, '2011-12-30'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-02-28', 1, '2026-03-01'],
    ['2026-01-01', -366, '2024-12-31'],
    ['2026-05-05', 0, '2026-05-05'],
  ])('%s and %i days is %s', (from, count, to) => {
    inZone();
    expect(addDays(day(from), count)).toBe(to);
  });

  it('goes back the way it came, without a skipped or a repeated day', () => {
    inZone();
    fc.assert(
      fc.property(days, fc.integer({ min: -4000, max: 4000 }), (start, count) => {
        const there = addDays(start, count);
        expect(parseBankDay(there)).toBe(there);
        expect(addDays(there, -count)).toBe(start);
        expect(addDays(start, count + 1)).toBe(addDays(there, 1));
        expect(there > start).toBe(count > 0);
      }),
    );
  });

  it.each([
    ['Europe/Paris', '2026-06-30T22:00:00.000Z', '2026-07-01'],
    ['Europe/Paris', '2026-06-30T21:59:59.999Z', '2026-06-30'],
    ['Europe/Paris', '2026-12-31T23:00:00Z', '2027-01-01'],
    ['Europe/Paris', '2026-03-29T00:59:59Z', '2026-03-29'],
    ['America/New_York', '2026-03-01T04:59:59Z', '2026-02-28'],
    ['Pacific/Kiritimati', '2026-02-28T10:00:00Z', '2026-03-01'],
    ['UTC', '2026-01-02T00:00:00Z', '2026-01-02'],
  ])('reads the calendar of %s at %s as %s', (timeZone, instant, expected) => {
    inZone();
    expect(dayIn(timeZone, instant)).toBe(expected);
  });
});
