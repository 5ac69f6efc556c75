import type { BankDay } from '#kernel';
import { describe, expect, it } from 'vitest';
import { DaysInDoubt } from './days-in-doubt.js';
import type { Slice } from './run-coverage.js';
import { mayAskForDays, plannedEnds, withDays } from './slice-days.js';

const bankDay = (text: string) => text as BankDay;
const from = bankDay('2026-05-10');
const accounts = [{ providerAccountId: 'a', from }];
const changes = { part: { kind: 'changes', since: '2026-05-20' }, accounts } as const;
const window = { part: { kind: 'window', to: null }, accounts: [{ providerAccountId: 'b', from }] } as const;
const plan: Slice = { kind: 'recent', reads: [window, changes], from, to: null };
const end = (cursor: string, complete = true) => ({ complete, cursor, scope: 'full' as const });

describe('days in doubt', () => {
  it('can be asked for where only changes of the account are read', () => {
    expect(mayAskForDays(plan, 'a')).toBe(true);
    expect(mayAskForDays(plan, 'b')).toBe(false);
    expect(mayAskForDays({ ...plan, kind: 'backfill' }, 'a')).toBe(false);
  });

  it('are asked for once and together, with some before them, and before the changes', () => {
    const doubts = [
      { providerAccountId: 'a', from: bankDay('2026-05-12') },
      { providerAccountId: 'c', from: bankDay('2026-05-09') },
    ];
    const asked = withDays(plan, new DaysInDoubt(doubts));
    const extra = [
      { providerAccountId: 'a', from: bankDay('2026-05-04') },
      { providerAccountId: 'c', from: bankDay('2026-05-01') },
    ];
    expect(asked.reads).toEqual([{ part: { kind: 'window', to: null }, accounts: extra }, window, changes]);
    expect(mayAskForDays(asked, 'a')).toBe(false);
  });

  it('prove what was planned and no more', () => {
    expect(plannedEnds(plan, { ends: [end('extra'), end('b'), end('a')] })).toEqual([end('b'), end('a')]);
  });

  it('prove nothing when they could not be read to their end', () => {
    const ends = [end('extra', false), end('b'), end('a')];
    expect(plannedEnds(plan, { ends })).toEqual([end('b', false), end('a', false)]);
  });
});
