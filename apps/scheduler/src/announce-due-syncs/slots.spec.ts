import { describe, expect, it } from 'vitest';
import { latestSlot } from './slots.js';

const daily = (now: string) => latestSlot('0 2 * * *', 'Europe/Paris', now);

describe('latestSlot', () => {
  it('is the slot itself at its very instant', () => {
    expect(daily('2026-07-10T00:00:00.000Z')).toEqual({
      name: '2026-07-10T02:00',
      at: '2026-07-10T00:00:00.000Z',
    });
  });

  it('is the day before until the instant has come', () => {
    expect(daily('2026-07-09T23:59:59.999Z')).toEqual({
      name: '2026-07-09T02:00',
      at: '2026-07-09T00:00:00.000Z',
    });
  });

  it('follows the local clock in winter', () => {
    expect(daily('2026-12-01T12:00:00.000Z')).toEqual({
      name: '2026-12-01T02:00',
      at: '2026-12-01T01:00:00.000Z',
    });
  });

  it('has one slot in the night in which 02:00 does not exist', () => {
    const before = daily('2026-03-29T00:59:00.000Z');
    const after = daily('2026-03-29T03:00:00.000Z');
    expect(before?.name).toBe('2026-03-28T02:00');
    expect(after?.name.slice(0, 10)).toBe('2026-03-29');
    expect(daily('2026-03-29T20:00:00.000Z')).toEqual(after);
  });

  it('has one name in the night in which 02:00 comes twice', () => {
    const names = ['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z', '2026-10-25T05:00:00Z'].map(
      (now) => daily(now)?.name,
    );
    expect(new Set(names)).toEqual(new Set(['2026-10-25T02:00']));
  });

  it('does not depend on the zone of the machine', () => {
    expect(latestSlot('30 8 * * 1', 'America/New_York', '2026-11-23T13:30:00Z')).toEqual({
      name: '2026-11-23T08:30',
      at: '2026-11-23T13:30:00.000Z',
    });
  });
});
