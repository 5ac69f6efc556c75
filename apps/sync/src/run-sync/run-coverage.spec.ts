import { addDays, type BankDay } from '#kernel';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Coverage, RunCoverage, type Slice, type SliceEnd } from './run-coverage.js';
import { readCursor } from './sync-cursor.js';

const day = (text: string) => text as BankDay;
const TODAY = day('2026-11-01');
const at = (today: BankDay) => `${today}T12:00:00.000Z`;
const account = (id: string, ledgerId = `ledger-${id}`) => ({ providerAccountId: id, ledgerId });

const run = (changes: Partial<Coverage> = {}): Coverage => {
  const today = changes.today ?? TODAY;
  return {
    cursor: null,
    accounts: [account('a')],
    returned: new Set(),
    today,
    wantedFrom: addDays(today, -30),
    begunAt: at(today),
    rereadBefore: at(addDays(today, -7)),
    rereadDays: 90,
    ...changes,
  };
};

const end = (changes: Partial<SliceEnd> = {}, reads = 1): SliceEnd => ({
  ends: Array.from({ length: reads }, () => ({ complete: true, cursor: 'mark', scope: 'full' as const })),
  readable: 10,
  failed: 0,
  beliefs: new Map(),
  days: new Map(),
  ...changes,
});

/** Carries out all slices; returns them and the cursor. */
const carryOut = (
  changes: Partial<Coverage> = {},
  ends: (slice: Slice) => Partial<SliceEnd> = () => ({}),
) => {
  const coverage = new RunCoverage(run(changes));
  const slices: Slice[] = [];
  for (let slice = coverage.next(); slice && slices.length < 100; slice = coverage.next()) {
    slices.push(slice);
    coverage.done(slice, end(ends(slice), slice.reads.length));
  }
  const kinds = slices.map(({ reads }) => reads.map(({ part }) => part.kind));
  return { coverage, slices, kinds, cursor: coverage.cursor };
};

const first = carryOut().cursor;
const later = (days: number, changes: Partial<Coverage> = {}) =>
  carryOut({ cursor: first, today: addDays(TODAY, days), ...changes });

describe('a run', () => {
  it('that finds everything read reads the changes, and nothing else', () => {
    const { kinds, slices } = later(1);
    expect(kinds).toEqual([['changes']]);
    expect(slices[0]?.reads[0]).toEqual({
      part: { kind: 'changes', since: 'mark' },
      accounts: [{ providerAccountId: 'a', from: '2026-10-02' }],
    });
  });

  it('reads the recent days whole once a week, as far as they were ever wanted', () => {
    const { kinds, slices } = later(7);
    // Changes last: what is re-dated while the window's pages are read may be on none of them.
    expect(kinds).toEqual([['window', 'changes']]);
    expect(slices[0]?.reads[0]?.accounts).toEqual([{ providerAccountId: 'a', from: '2026-10-02' }]);
    expect(later(6).kinds).toEqual([['changes']]);
  });

  it('goes on from the mark of the changes, whatever the window has', () => {
    const marks = (['a window’s', 'the changes’'] as const).map((cursor) => {
      return { complete: true, cursor, scope: 'full' as const };
    });
    const { cursor } = carryOut({ cursor: first, today: addDays(TODAY, 7) }, () => ({ ends: marks }));
    const { slices } = carryOut({ cursor, today: addDays(TODAY, 8) });
    expect(slices[0]?.reads[0]?.part).toEqual({ kind: 'changes', since: 'the changes’' });
  });

  it('reads the recent days whole after a repair', () =>
    expect(later(1, { rereadBefore: at(addDays(TODAY, 1)) }).kinds).toEqual([['window', 'changes']]));

  it('reads again from the last proved day after an outage, however long and however little is wanted', () => {
    const today = addDays(TODAY, 400);
    const { slices, coverage } = later(400, { wantedFrom: addDays(today, -1), rereadDays: 90 });
    expect(slices[0]?.reads[0]?.accounts).toEqual([{ providerAccountId: 'a', from: TODAY }]);
    expect(coverage.wantedFrom).toBe('2026-10-02');
  });

  it('reads a new account on its own, as far back as the others', () => {
    const { kinds, slices } = later(1, { accounts: [account('a'), account('b')] });
    expect(kinds).toEqual([['changes'], ['window']]);
    expect(slices[1]?.reads[0]?.accounts).toEqual([{ providerAccountId: 'b', from: '2026-10-02' }]);
  });

  it('reads an account anew that came back, or that is another ledger’s now', () => {
    expect(later(1, { returned: new Set(['a']) }).kinds).toEqual([['window']]);
    expect(later(1, { accounts: [account('a', 'other')] }).kinds).toEqual([['window']]);
  });

  it('reads an account anew that was shared again since it was read, whatever became of the run that saw it first', () => {
    const sharedAt = (sharedSince: string, refreshedAt: string | null = null) =>
      later(1, { accounts: [{ ...account('a'), sharedSince }], refreshedAt });
    const since = `${TODAY}T13:00:00.000Z`;
    expect(sharedAt(since).kinds).toEqual([['window']]);
    expect(sharedAt(`${TODAY}T11:00:00.000Z`).kinds).toEqual([['changes']]);
    const again = sharedAt(since, `${TODAY}T14:00:00.000Z`);
    expect(again.kinds).toEqual([['window']]);
    const { kinds } = later(2, { cursor: again.cursor, accounts: [{ ...account('a'), sharedSince: since }] });
    expect(kinds).toEqual([['changes']]);
  });

  it('reads it once more when the provider has looked at the bank since, and not before', () => {
    const accounts = [{ ...account('a'), sharedSince: `${TODAY}T13:00:00.000Z` }];
    const before = `${TODAY}T12:30:00.000Z`;
    const early = later(1, { accounts, refreshedAt: before });
    expect(early.kinds).toEqual([['window']]);
    const same = later(2, { cursor: early.cursor, accounts, refreshedAt: before });
    expect(same.kinds).toEqual([['changes']]);
    const looked = later(3, { cursor: same.cursor, accounts, refreshedAt: at(addDays(TODAY, 3)) });
    expect(looked.kinds).toEqual([['window']]);
    expect(later(4, { cursor: looked.cursor, accounts, refreshedAt: at(addDays(TODAY, 4)) }).kinds).toEqual([
      ['changes'],
    ]);
  });

  it('reads only the older days when more is wanted', () => {
    const { slices } = later(1, { wantedFrom: day('2026-09-01') });
    expect(slices[1]).toMatchObject({ from: '2026-09-01', to: '2026-10-01' });
  });

  it('goes on with the older days after an end in the middle', () => {
    const wantedFrom = addDays(TODAY, -1000);
    const coverage = new RunCoverage(run({ wantedFrom }));
    const slice = coverage.next();
    if (!slice) throw new Error('There is nothing to read.');
    coverage.done(slice, end({ readable: 20_000 }));
    const { slices } = carryOut({ cursor: coverage.cursor, wantedFrom }, () => ({ readable: 20_000 }));
    expect(slices[0]?.reads[0]?.part.kind).toBe('changes');
    expect(slices[1]?.to).toBe(addDays(slice.from, -1));
  });

  it('claims nothing after a bad row, an answer that was not believed, or an incomplete page set', () => {
    expect(carryOut({}, () => ({ failed: 1 })).cursor).toBeNull();
    const cut = [{ complete: false, cursor: null, scope: 'incremental' as const }];
    expect(carryOut({}, () => ({ ends: cut })).cursor).toBeNull();
    const after = (doubt: Partial<SliceEnd>) =>
      readCursor(carryOut({ cursor: first, today: addDays(TODAY, 1) }, () => doubt).cursor);
    for (const doubt of [{ failed: 1 }, { beliefs: new Map([['a', false]]) }]) {
      expect({ ...after(doubt), emptyAnswers: null }).toEqual({ ...readCursor(first), emptyAnswers: null });
    }
  });

  describe('of an account that shows nothing any more', () => {
    const day = addDays(TODAY, 7);
    const noon = `${day}T12:00:00.000Z`;
    const doubted = carryOut({ cursor: first, today: day, begunAt: noon, refreshedAt: noon }, nothing).cursor;
    const believes = (changes: Partial<Coverage>, cursor = doubted) =>
      new RunCoverage(run({ cursor, today: addDays(day, 1), ...changes })).believesEmpty('a');
    const dayLater = `${addDays(day, 1)}T11:00:00.000Z`;

    it('believes it a day later, when the bank was looked at anew', () => {
      expect(believes({ begunAt: dayLater, refreshedAt: dayLater })).toBe(true);
      expect(believes({ begunAt: dayLater, refreshedAt: null })).toBe(true);
      expect(believes({ begunAt: dayLater, refreshedAt: noon })).toBe(false);
      expect(believes({ begunAt: `${day}T20:00:00.000Z`, refreshedAt: dayLater })).toBe(false);
    });

    it('counts from the first time, also where nothing was proved before', () => {
      const again = { today: addDays(day, 1), begunAt: dayLater, refreshedAt: dayLater };
      const twice = carryOut({ cursor: doubted, ...again }, nothing).cursor;
      expect(believes({ begunAt: dayLater, refreshedAt: dayLater }, twice)).toBe(true);
      const early = carryOut({ begunAt: noon, refreshedAt: noon }, nothing).cursor;
      expect(believes({ begunAt: dayLater, refreshedAt: dayLater }, early)).toBe(true);
    });

    it('forgets the doubt when the account shows rows again', () => {
      const { cursor } = carryOut({ cursor: doubted, today: day, begunAt: noon }, shown);
      expect(believes({ begunAt: dayLater, refreshedAt: dayLater }, cursor)).toBe(false);
      // What comes by changes alone says nothing of an account that shows none.
      const { cursor: same } = carryOut({ cursor: doubted, today: day, begunAt: noon });
      expect(believes({ begunAt: dayLater, refreshedAt: dayLater }, same)).toBe(true);
    });
  });

  it('takes an account that is not shared for unread, and does not ask for ever', () => {
    const none = [{ complete: true, cursor: null, scope: 'incremental' as const }];
    const { slices, cursor } = carryOut({}, () => ({ ends: none }));
    expect(slices).toHaveLength(1);
    expect(carryOut({ cursor }).kinds).toEqual([['window']]);
  });

  it('without any row reads few slices, and all again the next time', () => {
    const wantedFrom = addDays(TODAY, -3650);
    const ends = [{ complete: true, cursor: null, scope: 'full' as const }];
    const { slices, cursor } = carryOut({ wantedFrom }, () => ({ readable: 0, ends }));
    expect(slices).toHaveLength(2);
    expect(carryOut({ cursor, wantedFrom }).kinds.flat()).not.toContain('changes');
  });
});

/** A whole read of account `a` that shows rows, and one that shows none where some are known. */
const shown = () => ({ beliefs: new Map([['a', true]]) });
const nothing = () => ({ beliefs: new Map([['a', false]]) });

/** A slice that shows rows of account `a` of these days. */
const seen = (from: string, to: string) => () => ({
  days: new Map([['a', { first: day(from), last: day(to) }]]),
});

describe('a gap', () => {
  const before = carryOut({}, seen('2026-10-02', '2026-10-31')).cursor;
  const today = addDays(TODAY, 100);

  it('is history that the provider does not show any more, back to the last proved day', () => {
    const { coverage, slices } = carryOut({ cursor: before, today }, seen('2026-12-20', today));
    expect(slices[0]?.reads[0]?.accounts).toEqual([{ providerAccountId: 'a', from: '2026-10-31' }]);
    expect(coverage.gaps()).toEqual([{ providerAccountId: 'a', from: TODAY, to: '2026-12-19' }]);
  });

  it('is found for an account that came back under another id', () => {
    const days = new Map([['b', { first: day('2026-12-20'), last: today }]]);
    const { coverage } = carryOut({ cursor: before, today, accounts: [account('b', 'ledger-a')] }, () => ({
      days,
    }));
    expect(coverage.gaps()).toEqual([{ providerAccountId: 'b', from: TODAY, to: '2026-12-19' }]);
  });

  it('is none where the account shows a row of before, or none at all, or where runs never stopped', () => {
    const changes = { cursor: before, today };
    expect(carryOut(changes, seen('2026-10-31', today)).coverage.gaps()).toEqual([]);
    expect(carryOut(changes).coverage.gaps()).toEqual([]);
    const soon = addDays(TODAY, 1);
    const daily = { ...changes, today: soon, rereadBefore: at(addDays(soon, 1)) };
    expect(carryOut(daily, seen(soon, soon)).coverage.gaps()).toEqual([]);
  });
});

/** A row of the bank: dated `day`, changed last at `changed` (a day number), of account `of`. */
interface BankRow {
  readonly of: string;
  readonly day: BankDay;
  readonly changed: BankDay;
}

const rows = (firstDay: BankDay, lastDay = firstDay) => ({
  days: new Map([['a', { first: firstDay, last: lastDay }]]),
});
const behind = (since: BankDay, id = 'a') => ({ ...account(id), behindSince: since });

const doubted = () => ({ beliefs: new Map([['a', false]]) });

/** Changes prove nothing by what they lack. */
const asProviders = (changes: Partial<Coverage>, ends: (slice: Slice) => Partial<SliceEnd> = () => ({})) =>
  carryOut(changes, (slice) => ({
    ends: slice.reads.map(({ part }) => ({
      complete: true,
      cursor: 'mark',
      scope: part.kind === 'window' ? ('full' as const) : ('incremental' as const),
    })),
    ...ends(slice),
  }));

describe('an account that is behind its connection', () => {
  const seen = asProviders({}, () => rows(addDays(TODAY, -20), addDays(TODAY, -3))).cursor;
  /** Two days later it has not been looked at since yesterday, the others have. */
  const left = asProviders({
    cursor: seen,
    today: addDays(TODAY, 2),
    accounts: [behind(addDays(TODAY, -1))],
  });

  it('is read like the others while it is', () => {
    expect(left.kinds).toEqual([['changes']]);
    const again = asProviders({ cursor: left.cursor, today: addDays(TODAY, 3), accounts: [behind(TODAY)] });
    expect(again.kinds).toEqual([['changes']]);
  });

  it('proves nothing of the days since, so that all of them are read once it is back', () => {
    const today = addDays(TODAY, 40);
    const back = asProviders({ cursor: left.cursor, today, rereadBefore: at(TODAY), rereadDays: 7 });
    expect(back.kinds).toEqual([['window', 'changes']]);
    expect(back.slices[0]?.reads[0]?.accounts).toEqual([
      { providerAccountId: 'a', from: addDays(TODAY, -3) },
    ]);
    const next = asProviders({ cursor: back.cursor, today: addDays(today, 1), rereadBefore: at(TODAY) });
    expect(next.kinds).toEqual([['changes']]);
  });

  it('is read whole from the first of these days on, however late its rows and short the window', () => {
    const since = addDays(TODAY, -20);
    const cursor = asProviders({ cursor: seen, today: addDays(TODAY, 1), accounts: [behind(since)] }).cursor;
    const { slices, kinds } = asProviders({ cursor, today: addDays(TODAY, 2), rereadDays: 7 });
    expect(kinds).toEqual([['window', 'changes']]);
    expect(slices[0]?.reads[0]?.accounts).toEqual([{ providerAccountId: 'a', from: since }]);
  });

  it('is owed these days however often it is read meanwhile', () => {
    const today = addDays(TODAY, 9);
    const reread = asProviders({ cursor: left.cursor, today, accounts: [behind(today)] });
    expect(reread.kinds).toEqual([['window', 'changes']]);
    const proof = readCursor(reread.cursor)?.accounts.get('a');
    expect(proof?.behindSince).toBe(addDays(TODAY, -1));
  });

  it('has a gap when it comes back without them, though its connection was read every day', () => {
    const today = addDays(TODAY, 40);
    const cursor = asProviders({
      cursor: left.cursor,
      today: addDays(today, -1),
      accounts: [behind(TODAY)],
    }).cursor;
    const read = (accounts = [account('a')]) =>
      asProviders({ cursor, today, accounts, rereadBefore: at(today) }, () =>
        rows(addDays(today, -5), today),
      ).coverage.gaps();
    expect(read()).toEqual([{ providerAccountId: 'a', from: addDays(TODAY, -1), to: addDays(today, -6) }]);
    expect(read([behind(TODAY)])).toEqual([]);
  });

  it('is not believed to be empty, and its doubt begins when it is back', () => {
    const accounts = [behind(TODAY)];
    const first = asProviders({ cursor: seen, today: addDays(TODAY, 8), accounts }, doubted).cursor;
    const later = new RunCoverage(run({ cursor: first, today: addDays(TODAY, 12) }));
    expect(later.believesEmpty('a')).toBe(false);
    const doubt = asProviders({ cursor: seen, today: addDays(TODAY, 8) }, doubted).cursor;
    const today = addDays(TODAY, 12);
    expect(new RunCoverage(run({ cursor: doubt, today, accounts })).believesEmpty('a')).toBe(false);
    expect(new RunCoverage(run({ cursor: doubt, today })).believesEmpty('a')).toBe(true);
  });

  it('holds up none of the others', () => {
    const both = asProviders({ accounts: [account('a'), account('b')] }).cursor;
    const today = addDays(TODAY, 2);
    const one = asProviders({ cursor: both, today, accounts: [behind(TODAY), account('b')] });
    expect(readCursor(one.cursor)).toMatchObject({ to: today, provider: 'mark' });
    expect(readCursor(one.cursor)?.accounts.get('b')).not.toHaveProperty('behindSince');
  });
});

describe('the union of what is proved', () => {
  const story = fc.array(
    fc.record({
      wait: fc.integer({ min: 0, max: 40 }),
      rows: fc.array(fc.record({ of: fc.constantFrom('a', 'b'), age: fc.integer({ min: 0, max: 60 }) }), {
        maxLength: 4,
      }),
      tracksB: fc.boolean(),
      daysBack: fc.integer({ min: 1, max: 200 }),
      /** The slice in which the run ends without a word, and how a slice goes otherwise. */
      crashAt: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
      badAt: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
      cutAt: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
      density: fc.constantFrom(0, 10, 20_000, 500_000),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it('has no hole, whatever fails, however long nothing runs, whenever accounts come and go', () => {
    fc.assert(
      fc.property(story, (chapters) => {
        let today = TODAY;
        let cursor: string | null = null;
        let isFirst = true;
        let firstWanted: BankDay | null = null;
        const bank: BankRow[] = [];
        const imported = new Set<BankRow>();
        for (const { wait, rows, tracksB, daysBack, crashAt, badAt, cutAt, density } of chapters) {
          today = addDays(today, wait);
          for (const { of, age } of rows) bank.push({ of, day: addDays(today, -age), changed: today });
          const accounts = [account('a'), ...(tracksB ? [account('b')] : [])];
          firstWanted ??= addDays(today, -daysBack);
          const wantedFrom: BankDay = cursor === null ? firstWanted : addDays(today, -daysBack);
          const coverage: RunCoverage = new RunCoverage(
            run({ cursor, accounts, today, wantedFrom, rereadBefore: at(addDays(today, -7)) }),
          );
          let isWhole = true;
          for (let n = 0, slice = coverage.next(); slice; slice = coverage.next(), n += 1) {
            expect(n).toBeLessThan(200);
            if (n === crashAt) {
              isWhole = false;
              break;
            }
            const cut = n === cutAt;
            if (cut || n === badAt) isWhole = false;
            const days = new Map<string, { first: BankDay; last: BankDay }>();
            const ends = slice.reads.map(({ part, accounts: wanted }) => {
              const shown = bank.filter((row) => {
                const from = wanted.find(({ providerAccountId }) => providerAccountId === row.of)?.from;
                if (from === undefined || row.day < from) return false;
                if (part.kind === 'window') return part.to === null || row.day <= part.to;
                return row.changed >= (JSON.parse(part.since) as BankDay);
              });
              // An unreadable row, and what a cut fetch did not bring, are not imported.
              for (const row of shown) if (isWhole) imported.add(row);
              return cut
                ? { complete: false, cursor: null, scope: 'incremental' as const }
                : {
                    complete: true,
                    cursor: part.kind === 'window' && shown.length === 0 ? null : JSON.stringify(today),
                    scope: part.kind === 'window' ? ('full' as const) : ('incremental' as const),
                  };
            });
            coverage.done(slice, {
              ends,
              readable: density,
              failed: n === badAt ? 1 : 0,
              beliefs: new Map(),
              days,
            });
          }
          cursor = coverage.cursor;
          if (!isWhole) continue;
          isFirst = false;
          const owed = bank.filter((row) => row.day >= coverage.wantedFrom && (row.of === 'a' || tracksB));
          expect(owed.filter((row) => !imported.has(row))).toEqual([]);
          expect(coverage.wantedFrom <= (firstWanted ?? today)).toBe(true);
        }
        return isFirst || cursor !== null;
      }),
      { numRuns: 500 },
    );
  });
});
