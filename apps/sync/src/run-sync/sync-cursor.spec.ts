import type { BankDay } from '#kernel';
import { describe, expect, it } from 'vitest';
import { readCursor, type SyncCursor, writeCursor } from './sync-cursor.js';

const day = (text: string) => text as BankDay;
const cursor: SyncCursor = {
  from: day('2026-06-01'),
  to: day('2026-08-01'),
  provider: '{"v":2}',
  accounts: new Map([
    ['8801', { ledgerId: 'l1', from: day('2026-06-01'), readAt: '2026-08-01T00:00:00.000Z' }],
  ]),
  lastRows: new Map([['l1', day('2026-07-31')]]),
  emptyAnswers: new Map([['8802', { since: '2026-08-01T00:00:00.000Z', refreshedAt: null }]]),
};

describe('the cursor of a connection', () => {
  it('survives being stored', () => expect(readCursor(writeCursor(cursor))).toEqual(cursor));

  it('is none before anything was proved', () => expect(readCursor(null)).toBeNull());

  it('of another version proves nothing, but says how far back history was wanted', () =>
    expect(readCursor('{"v":1,"from":"2026-06-01","provider":"{}"}')).toEqual({
      from: '2026-06-01',
      to: null,
      provider: null,
      accounts: new Map(),
      lastRows: new Map(),
      emptyAnswers: new Map(),
    }));

  it('with an impossible day is none', () => expect(readCursor('{"v":2,"from":"2026-02-30"}')).toBeNull());
});
