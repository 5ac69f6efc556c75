import { amendmentOf, exchangeOf, recognitionOf } from './amendment.js';
import { Candidates } from './candidates.js';
import { wordOf } from './content.js';
import { isSameKey, isStale, keyOf, liveKeyOf } from './keys.js';
import type { LedgerTransaction, RemovalReason } from './ledger.events.js';
import type { LedgerKey, LedgerRow } from './ledger.state.js';
import { Pairing } from './pairing.js';
import { type IdentifiedRow, shownAs, type ShownRow, transactionOf } from './shown-rows.js';
import { foldSurplus } from './surplus-rows.js';
import type { Telling } from './telling.js';
import { type Reading, WorkingRows } from './working-rows.js';

/** A row that the account does not show any more; since when, where it is said. */
export interface EndedRow {
  readonly id: string;
  readonly providerUpdatedAt: string | null;
}

interface Stranger {
  readonly id: string;
  readonly row: ShownRow;
}

/** Ids of one provider are of one kind: shorter ones are smaller numbers, given earlier. */
const byId = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : Number(a > b));
const byDayAndId = (
  a: { readonly day: string; readonly providerTransactionId: string },
  b: typeof a,
): number =>
  a.day < b.day ? -1 : Number(a.day > b.day) || byId(a.providerTransactionId, b.providerTransactionId);

/**
 * The rows of one provider account meet the rows of the ledger, each of which is taken at most once: so N equal rows stay N,
 * under whatever ids they come, and a removal swallows no near neighbour.
 */
export class RowMatching {
  readonly #rows: WorkingRows;
  readonly #account: string;
  /** What ids of the account say by now, where it is not what their rows say. */
  readonly #unsettled = new Map<string, ShownRow>();
  readonly #settled = new Set<string>();
  readonly #pairing: Pairing;

  constructor(reading: Reading, rows: ReadonlyMap<string, LedgerRow>) {
    this.#rows = new WorkingRows(reading, rows);
    this.#account = reading.providerAccountId;
    this.#pairing = new Pairing(this.#rows, this.#unsettled, this.#settled);
  }

  get telling(): Telling {
    return this.#rows.telling;
  }

  /** All rows that the account shows in some days; those under ids that we know find their rows first. */
  meet(shown: readonly Stranger[]): void {
    let strangers: readonly Stranger[] = shown.toSorted((a, b) => byDayAndId(a.row, b.row));
    strangers = strangers.filter(({ row }) => !this.#underLiveKey(row));
    strangers = strangers.filter(({ row }) => !this.#underEndedKey(row));
    strangers = this.#recognised(strangers, ['equal', 'alike']);
    const isAnyPaired = this.#pairUnsettled();
    strangers = strangers.filter(({ row }) => !this.#pair(row, undefined));
    this.#amendUnsettled();
    strangers = this.#recognised(strangers, isAnyPaired ? ['equal', 'alike', 'pending'] : ['pending']);
    for (const { id, row } of strangers) this.#rows.import(transactionOf(id, row));
    foldSurplus(this.#rows);
  }

  /**
   * The account stopped showing rows; what other accounts still show stands. Those that nobody shows go first: none of them
   * can be what an equal row is still shown as.
   */
  end(rows: readonly EndedRow[], reason: RemovalReason): void {
    const isStanding = ({ id }: EndedRow): boolean => {
      const known = this.#rows.get(id);
      return known !== undefined && this.#rows.isShownByOthers(known);
    };
    const standing = new Set(rows.filter(isStanding));
    for (const each of rows) if (!standing.has(each)) this.#end(each, reason);
    for (const each of standing) this.#end(each, reason);
    foldSurplus(this.#rows);
  }

  #end({ id, providerUpdatedAt }: EndedRow, reason: RemovalReason): void {
    const known = this.#rows.get(id);
    if (!known || known.removed) return;
    const key = liveKeyOf(known, this.#account);
    if (this.#rows.isShownByOthers(known)) {
      if (!key || this.#endAlike(known, key, reason, providerUpdatedAt)) return;
      const { providerAccountId, providerTransactionId } = key;
      this.#rows.endKey(known, { id, providerAccountId, providerTransactionId, reason, providerUpdatedAt });
      return;
    }
    this.#rows.remove(known, reason, lastForm(known, key, providerUpdatedAt));
  }

  /** @returns the row that is shown under this id now, unless it knows better than the word at hand */
  homeOf(row: IdentifiedRow['row']): string | undefined {
    const { known, key } = this.#rows.home(row.providerTransactionId);
    return known && key?.live && !isStale(row, key) ? known.transaction.id : undefined;
  }

  #underLiveKey(row: ShownRow): boolean {
    const { known, key } = this.#rows.home(row.providerTransactionId);
    if (!known || !key?.live) return false;
    // An account that repeats what it said before does not undo what another one said since.
    if (isStale(row, key) || wordOf(row.content) === key.word) return true;
    if (wordOf(row.content) === wordOf(known.transaction)) this.#settle(known, row);
    else this.#unsettled.set(row.providerTransactionId, row);
    return true;
  }

  /** Another account said it before. */
  #settle({ transaction: { id } }: LedgerRow, row: ShownRow): void {
    this.#rows.assign(id, keyOf(transactionOf(id, row)));
    this.#settled.add(row.providerTransactionId);
  }

  /** Each that goes to another row may leave room for the next. */
  #pairUnsettled(): boolean {
    let isAny = false;
    for (let isMore = true; isMore;) {
      isMore = false;
      for (const [id, row] of this.#unsettled) {
        if (this.#pair(row, this.#rows.home(id).known)) isMore = isAny = true;
      }
    }
    for (const row of this.#unsettled.values()) if (this.#giveWay(row)) isAny = true;
    return isAny;
  }

  /**
   * What this id says no row says yet, but what its row says until now, as others show it, was said under an id that sits
   * elsewhere: they change places, so that it does not put its word over theirs.
   */
  #giveWay(row: ShownRow): boolean {
    const { known } = this.#rows.home(row.providerTransactionId);
    const found = known && this.#pairing.findAstray(known);
    if (!found) return false;
    this.#rows.assign(known.transaction.id, found.seat);
    const to = this.#rows.get(found.at);
    if (to) this.#rows.recognise(to, transactionOf(found.at, row));
    this.#unsettled.delete(row.providerTransactionId);
    this.#settled.add(row.providerTransactionId).add(found.seat.providerTransactionId);
    return true;
  }

  /** It is another row's word than we took it for, which others showed in this form already. */
  #pair(row: ShownRow, home: LedgerRow | undefined): boolean {
    const moves = this.#pairing.find(row, home);
    if (moves.length === 0) return false;
    const isLeft = home && !home.removed && !moves.some(({ id }) => id === home.transaction.id);
    if (isLeft && !this.#rows.isShownByOthers(home))
      this.#rows.removeDuplicate(home, transactionOf(home.transaction.id, row));
    for (const shown of moves) {
      const to = this.#rows.get(shown.id);
      if (to) this.#rows.recognise(to, shown);
      this.#unsettled.delete(shown.providerTransactionId);
      this.#settled.add(shown.providerTransactionId);
    }
    return true;
  }

  #amendUnsettled(): void {
    for (const row of this.#unsettled.values()) {
      const { known } = this.#rows.home(row.providerTransactionId);
      const amendment = known && amendmentOf(known, transactionOf(known.transaction.id, row));
      if (amendment) this.#rows.amend(amendment);
      else if (known) this.#settle(known, row);
      this.#settled.add(row.providerTransactionId);
    }
    this.#unsettled.clear();
  }

  /**
   * Which of two equal rows an id belongs to was a guess. It was wrong when the row of an id that ends stands because another
   * account shows it, and an equal one only because this account does: they are one row of the bank. They exchange their ids,
   * and the equal one ends.
   */
  #endAlike(known: LedgerRow, key: LedgerKey, reason: RemovalReason, deletedAt: string | null): boolean {
    if (!this.#rows.haveOthers) return false;
    for (const alike of this.#rows.like(known.transaction)) {
      const other = liveKeyOf(alike, this.#account);
      if (alike === known || !other || this.#rows.isShownByOthers(alike)) continue;
      const { id } = known.transaction;
      this.#rows.amend(exchangeOf(known, shownAs({ ...alike.transaction, id }, other)));
      this.#rows.remove(
        this.#rows.get(alike.transaction.id) ?? alike,
        reason,
        lastForm(alike, key, deletedAt),
      );
      return true;
    }
    return false;
  }

  #underEndedKey(row: ShownRow): boolean {
    const { known, key } = this.#rows.home(row.providerTransactionId);
    if (!known || !key || key.live) return false;
    if (isStale(row, key)) return true;
    if (this.#rows.seatOf(known)) return false;
    const isOther = known.removed || wordOf(known.transaction) !== wordOf(row.content);
    if (isOther && this.#pair(row, undefined)) return true;
    this.#rows.amend(recognitionOf(known, transactionOf(known.transaction.id, row)));
    return true;
  }

  /** @returns those that no row of the ledger, which waits to be recognised, turned out to be */
  #recognised(
    strangers: readonly Stranger[],
    ways: readonly ('equal' | 'alike' | 'pending')[],
  ): readonly Stranger[] {
    const candidates = this.#candidates(strangers.length > 0);
    let left = strangers;
    for (const way of ways) {
      left = left.filter(({ row }) => !this.#underNewKey(row, candidates[way](row.content)));
    }
    return left;
  }

  #underNewKey(row: ShownRow, id: string | undefined): boolean {
    const known = this.#rows.get(id ?? '');
    if (!known) return false;
    this.#rows.amend(recognitionOf(known, transactionOf(known.transaction.id, row)));
    return true;
  }

  /**
   * Rows that this account may turn out to show under an id that we do not know: those that it did not show yet and another
   * account does first, then those whose id is gone, then those whose id is not shown; by their ids, as the bank's rows come.
   * To take one of the last for another row than it is loses nothing: that one is imported as soon as it can be read.
   */
  #candidates(areWanted: boolean): Candidates {
    const open = areWanted ? this.#rows.all.filter((row) => !row.removed && !this.#rows.isSeen(row)) : [];
    const rankOf = (row: LedgerRow): number => {
      if (this.#rows.seatOf(row)) return 2;
      return liveKeyOf(row, this.#account) === undefined && this.#rows.isShownByOthers(row) ? 0 : 1;
    };
    const inOrder = open.toSorted(
      (a, b) =>
        rankOf(a) - rankOf(b) ||
        byId(a.transaction.providerTransactionId, b.transaction.providerTransactionId) ||
        byId(a.transaction.id, b.transaction.id),
    );
    const isGonePending = (row: LedgerRow) =>
      row.transaction.status === 'pending' && !this.#rows.seatOf(row) && !this.#rows.isShownByOthers(row);
    return new Candidates(inOrder, inOrder.filter(isGonePending));
  }
}

const lastForm = (
  { transaction, keys }: LedgerRow,
  key: LedgerKey | undefined,
  deletedAt: string | null,
): LedgerTransaction => {
  if (!key) {
    // The id that it was shown under last may be another row's by now.
    const own = keys.some((each) => isSameKey(each, transaction)) ? undefined : keys[0];
    return own ? shownAs(transaction, own) : transaction;
  }
  // The deletion is the provider's last change: a row that is older than it must not bring the transaction back.
  return shownAs(transaction, { ...key, providerUpdatedAt: deletedAt ?? key.providerUpdatedAt });
};
