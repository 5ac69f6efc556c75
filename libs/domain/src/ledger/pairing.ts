import { isAlike } from './alike-rows.js';
import { wordOf } from './content.js';
import type { LedgerTransaction } from './ledger.events.js';
import type { LedgerKey, LedgerRow } from './ledger.state.js';
import { shownAs, type ShownRow, transactionOf } from './shown-rows.js';
import type { WorkingRows } from './working-rows.js';

/** One id of the account goes over to another row of the ledger. */
export type Move = LedgerTransaction;

/** An id of the account that looks for its row. */
interface Seeker {
  /** Rows that look like what it says. */
  readonly rows: () => readonly LedgerRow[];
  /** What the row is shown as under this id, if it can be that row. */
  readonly asRow: (row: LedgerRow) => Move | undefined;
}

/**
 * Which of several equal rows an id belongs to was a guess, and accounts that show one bank account may have been paired
 * crosswise. When an id says something else than what the others show of its row, while a row stands that says just that, then
 * it is that one's: the id that was taken for it goes on to where it fits itself, and so forth, until one comes to a row that
 * the account does not show, or to the row that the first one left.
 */
export class Pairing {
  readonly #rows: WorkingRows;
  /** What ids say by now, of those that say something else than their rows. */
  readonly #unsettled: ReadonlyMap<string, ShownRow>;
  /** Ids that were found to say what their rows do. */
  readonly #settled: ReadonlySet<string>;

  constructor(rows: WorkingRows, unsettled: ReadonlyMap<string, ShownRow>, settled: ReadonlySet<string>) {
    this.#rows = rows;
    this.#unsettled = unsettled;
    this.#settled = settled;
  }

  /** Where this id, and those after it, are to go; last ones first. Nothing where it fits no other row than `home`. */
  find(row: ShownRow, home: LedgerRow | undefined): readonly Move[] {
    if (!this.#rows.haveOthers) return [];
    const visited = new Set(home ? [home.transaction.id] : []);
    return this.#find(this.#seeker(row), home, visited) ?? [];
  }

  #find(seeker: Seeker, left: LedgerRow | undefined, visited: Set<string>): readonly Move[] | undefined {
    const moves = seeker.rows().flatMap((row) => {
      const move = visited.has(row.transaction.id) ? undefined : seeker.asRow(row);
      return move && this.#rows.isShownByOthers(row) ? [{ row, move }] : [];
    });
    const free = moves.find(({ row }) => !this.#rows.seatOf(row));
    if (free) return [free.move];
    for (const { row, move } of moves) {
      const next = this.#seekerAt(row);
      if (!next || visited.has(row.transaction.id)) continue;
      visited.add(row.transaction.id);
      const back = left && next.asRow(left);
      const others = back ? [back] : this.#find(next, left, visited);
      if (others) return [...others, move];
    }
    return undefined;
  }

  /** An id that said what this row says, which others show, and that sits on another one which says something else by now. */
  findAstray(row: LedgerRow): { readonly at: string; readonly seat: LedgerKey } | undefined {
    if (!this.#rows.haveOthers || !this.#rows.isShownByOthers(row)) return undefined;
    const word = wordOf(row.transaction);
    for (const other of this.#rows.all) {
      const seat = other === row || other.removed ? undefined : this.#rows.seatOf(other);
      if (seat?.word !== word || !this.#rows.isShownByOthers(other)) continue;
      const { providerTransactionId: id } = seat;
      if (this.#settled.has(id) || this.#unsettled.has(id) || wordOf(other.transaction) === word) continue;
      return { at: other.transaction.id, seat };
    }
    return undefined;
  }

  /** The id that sits on a row and says something else than that row. */
  #seekerAt(row: LedgerRow): Seeker | undefined {
    const seat = this.#rows.seatOf(row);
    if (!seat || this.#settled.has(seat.providerTransactionId)) return undefined;
    const shown = this.#unsettled.get(seat.providerTransactionId);
    if (shown) return this.#seeker(shown);
    return seat.word === wordOf(row.transaction) ? undefined : this.#silentSeeker(seat);
  }

  #seeker(shown: ShownRow): Seeker {
    return {
      rows: () => this.#rows.like(shown.content),
      asRow: (row) =>
        isAlike(row.transaction, shown.content) ? transactionOf(row.transaction.id, shown) : undefined,
    };
  }

  /** Of what an id said earlier only a digest is known. */
  #silentSeeker(key: LedgerKey): Seeker {
    return {
      rows: () => this.#rows.all.filter(({ removed }) => !removed),
      asRow: ({ transaction }) => (wordOf(transaction) === key.word ? shownAs(transaction, key) : undefined),
    };
  }
}
