import type { BankDay } from '#kernel';
import { describe, expect, it } from 'vitest';
import { readCursor, writeCursor } from './sync-cursor.js';

const day = (text: string) => text as BankDay;
const stored = writeCursor({ from: day('2026-06-01'), provider: '{"v":1}' });

describe('what a fetch may build on', () => {
  it('is nothing before the first complete fetch', () =>
    expect(readCursor(null, day('2026-06-01'))).toEqual({ from: '2026-06-01', provider: null }));

  it.each(['2026-06-01', '2026-06-02', '2027-01-01'])(
    'is the last complete fetch while it reaches back as far as wanted: %s',
    (wanted) =>
      expect(readCursor(stored, day(wanted))).toMatchObject({ from: '2026-06-01', provider: '{"v":1}' }),
  );

  it('is nothing once the window was widened: what lies before was never read', () =>
    expect(readCursor(stored, day('2026-05-31'))).toEqual({ from: '2026-05-31', provider: null }));
});
