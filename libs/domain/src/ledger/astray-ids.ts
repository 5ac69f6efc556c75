import { wordOf } from './content.js';
import { isOfSameAccount, isSameKey } from './keys.js';
import type { LedgerKey, LedgerRow } from './ledger.state.js';
import { shownAs } from './shown-rows.js';
import type { WorkingRows } from './working-rows.js';

/**
 * Brings ids home, of whatever account: where the row of one says something else by now than was said last under it, and another
 * row says just that, which this account does not show, or shows under an id that belongs here, it is that one's.
 */
export const bringHome = (rows: WorkingRows): void => {
  const standing = rows.all.filter(({ removed }) => !removed);
  const words = new Map(standing.map(({ transaction }) => [transaction.id, wordOf(transaction)]));
  const isAstray = (row: LedgerRow, seat: LedgerKey): boolean => seat.word !== words.get(row.transaction.id);
  const astray = standing.flatMap((row) =>
    rows.seatsOf(row).flatMap((seat) => (isAstray(row, seat) ? [{ id: row.transaction.id, seat }] : [])),
  );
  if (astray.length === 0) return;
  const saying = new Map<string, string[]>();
  for (const [id, word] of words) saying.set(word, [...(saying.get(word) ?? []), id]);
  /** @returns whether it found a place */
  const bring = (id: string, seat: LedgerKey): boolean => {
    for (const to of saying.get(seat.word) ?? []) {
      const row = rows.get(to);
      const taken = row && rows.seatsOf(row).find((each) => isOfSameAccount(each, seat));
      if (!row || (taken && !(isAstray(row, taken) && taken.word === words.get(id)))) continue;
      if (taken) rows.assign(id, taken);
      else leave(rows, id, seat);
      rows.assign(to, seat);
      return true;
    }
    return false;
  };
  const left = new Set(astray);
  for (let isMore = true; isMore;) {
    isMore = false;
    for (const each of left) {
      const row = rows.get(each.id);
      const isThere = row && rows.seatsOf(row).includes(each.seat);
      if (isThere && !bring(each.id, each.seat)) continue;
      left.delete(each);
      isMore ||= isThere === true;
    }
  }
};

/** A row that is shown under no other id was what the id turned out to be: what else it said was taken back. */
const leave = (rows: WorkingRows, id: string, seat: LedgerKey): void => {
  const row = rows.get(id);
  const isShown = row?.keys.some((key) => key.live && !isSameKey(key, seat));
  if (row && !isShown) rows.removeDuplicate(row, shownAs(row.transaction, seat));
};
