import { describe, expect, it } from 'vitest';
import { parisTimestamp, toParisTimestamp, utcTimestamp } from './timestamps.js';

describe('timestamps', () => {
  it('are wall time of Paris for the system, in winter and in summer', () => {
    expect(parisTimestamp(Date.parse('2026-03-14T05:12:31Z'))).toBe('2026-03-14 06:12:31');
    expect(parisTimestamp(Date.parse('2026-07-14T22:30:00Z'))).toBe('2026-07-15 00:30:00');
    expect(utcTimestamp(Date.parse('2026-07-14T22:30:00Z'))).toBe('2026-07-14 22:30:00');
  });

  it('are read with a space or a T, and with or without a zone', () => {
    expect(toParisTimestamp('2026-03-14 06:12:31')).toBe('2026-03-14 06:12:31');
    expect(toParisTimestamp('2026-03-14T05:12:31.250Z')).toBe('2026-03-14 06:12:31');
    expect(toParisTimestamp('2026-03-14T07:12:31+02:00')).toBe('2026-03-14 06:12:31');
    expect(toParisTimestamp('2026-03-14')).toBe('2026-03-14 00:00:00');
  });

  it.each(['yesterday', '2026-3-14', '2026-02-31 25:00:00', ''])('are refused: %j', (text) => {
    expect(toParisTimestamp(text)).toBeUndefined();
  });
});
