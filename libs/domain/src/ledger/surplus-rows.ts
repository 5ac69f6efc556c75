import { bringHome } from './astray-ids.js';
import { isOfSameAccount } from './keys.js';
import type { LedgerKey, LedgerRow } from './ledger.state.js';
import { shownAs } from './shown-rows.js';
import type { WorkingRows } from './working-rows.js';

/**
 * Each account that shows one bank account shows each of its rows once. So of rows that look the same there are as many as the
 * account has that shows most of them; where there are more, the ids of one can go to others, and it was one of those.
 */
export const foldSurplus = (rows: WorkingRows): void => {
  if (!rows.haveOthers) return;
  bringHome(rows);
  for (const { transaction } of rows.touched()) {
    for (let isMore = true; isMore;) isMore = foldOne(rows, rows.like(transaction));
  }
  rows.touched();
};

const foldOne = (rows: WorkingRows, alike: readonly LedgerRow[]): boolean => {
  const shown = alike
    .map((row) => ({ row, seats: rows.seatsOf(row) }))
    .filter(({ seats }) => seats.length > 0)
    .toSorted((a, b) => a.seats.length - b.seats.length);
  const [surplus, ...others] = shown;
  if (!surplus) return false;
  const moves: { readonly to: string; readonly seat: LedgerKey }[] = [];
  for (const seat of surplus.seats) {
    const to = others.findLast(({ seats }) => !seats.some((each) => isOfSameAccount(each, seat)));
    if (!to) return false;
    moves.push({ to: to.row.transaction.id, seat });
  }
  const [first] = surplus.seats;
  if (first) rows.removeDuplicate(surplus.row, shownAs(surplus.row.transaction, first));
  for (const { to, seat } of moves) rows.assign(to, seat);
  return true;
};
