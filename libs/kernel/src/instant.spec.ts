import { describe, expect, it } from 'vitest';
import { later } from './instant.js';

describe('later', () => {
  it('counts elapsed time, over the night in which clocks change, too', () => {
    expect(later('2026-10-24T23:30:00.000Z', 3_600_000)).toBe('2026-10-25T00:30:00.000Z');
  });

  it('goes back by negative milliseconds, and says the instant in UTC', () => {
    expect(later('2026-01-01T00:00:00.000+01:00', -1)).toBe('2025-12-31T22:59:59.999Z');
  });
});
