import type { KnownAccount } from '#domain';
import { addDays, type BankDay } from '#kernel';
import type { FetchStep } from '#providers';
import type { DaysInDoubt } from './days-in-doubt.js';
import type { WholeDays } from './page-set.js';
import type { Slice, SliceEnd } from './run-coverage.js';

/** How one read of a slice ended. */
export type FetchEnd = Extract<FetchStep, { kind: 'end' }>;

/** The first day that a slice asks for, of each account. */
export const firstDaysOf = ({ reads }: Slice): ReadonlyMap<string, BankDay> => {
  const days = new Map<string, BankDay>();
  for (const { providerAccountId: id, from } of reads.flatMap(({ accounts }) => accounts)) {
    const first = days.get(id);
    if (first === undefined || from < first) days.set(id, from);
  }
  return days;
};

/** The days of which this slice read all that the account shows: what is missing there is gone. */
export const wholeDaysOf = (
  { providerAccountId: id, sharing, sharedSince }: KnownAccount,
  slice: Slice,
  ends: readonly FetchEnd[],
): WholeDays | null => {
  if (sharing !== 'shared') return null;
  const wanted = slice.reads.flatMap(({ part, accounts }, n) => {
    const isWhole = ends[n]?.complete === true && ends[n].scope === 'full';
    // A row that the bank re-dated since the newer days were read would be missing from both.
    const isOpen = part.kind === 'changes' || part.to === null;
    return isWhole && isOpen ? accounts.filter(({ providerAccountId }) => providerAccountId === id) : [];
  });
  const [from] = wanted.map((each) => each.from).toSorted((a, b) => (a < b ? -1 : 1));
  if (!from) return null;
  // The changes that were read with them are those of all days that the ledger has of the account by now.
  const isFollowed = ends.every(({ complete }) => complete);
  const knownFrom = (isFollowed ? firstDaysOf(slice).get(id) : undefined) ?? from;
  return { from, to: null, knownFrom, isShownAnew: !!sharedSince };
};

/** A row is missed only after the first days of what was read, so more than those are read before the one that counts. */
const DAYS_BEFORE = 8;

/** Whether only changes of the account are read, so that its days can be asked for, too. */
export const mayAskForDays = ({ kind, reads }: Slice, providerAccountId: string): boolean =>
  kind === 'recent' &&
  reads.every(
    ({ part, accounts }) =>
      part.kind === 'changes' || !accounts.some((each) => each.providerAccountId === providerAccountId),
  );

/** With all that these accounts show from shortly before the days on; their changes still come last. */
export const withDays = (slice: Slice, { accounts }: DaysInDoubt): Slice => {
  const wanted = accounts.map(({ providerAccountId, from }) => {
    return { providerAccountId, from: addDays(from, -DAYS_BEFORE) };
  });
  return { ...slice, reads: [{ part: { kind: 'window', to: null }, accounts: wanted }, ...slice.reads] };
};

/** What was read beyond the plan proves no more than the plan would, and nothing at all where it did not come to its end. */
export const plannedEnds = ({ reads }: Slice, { ends }: Pick<SliceEnd, 'ends'>): SliceEnd['ends'] => {
  const planned = ends.slice(-reads.length);
  const isWhole = ends.every(({ complete }) => complete);
  return isWhole ? planned : planned.map((end) => ({ ...end, complete: false }));
};
