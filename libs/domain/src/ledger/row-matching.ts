import type { FetchedTransaction, TransactionContent } from '../bank-transaction.js';
import { wordOf } from './content.js';
import { AlikeRows, isAlike } from './alike-rows.js';
import { Candidates } from './candidates.js';
import { amendmentOf, exchangeOf, recognitionOf } from './amendment.js';
import { amendedRow, lessKey, lostKey, removedRow } from './evolve-ledger.js';
import { isStale, liveKeyOf } from './keys.js';
import type { Amendment, EndedKey, LedgerTransaction, Removal, RemovalReason } from './ledger.events.js';
import type { LedgerKey, LedgerRow } from './ledger.state.js';

/** A readable row of the bank, with the id that it gets if the ledger turns out not to hold it. */
export interface IdentifiedRow {
  readonly id: string;
  readonly row: Exclude<FetchedTransaction, { kind: 'unreadable' }>;
}

type ShownRow = Extract<FetchedTransaction, { kind: 'row' }>;

/** What is known of the provider accounts when one of them is read. */
export interface Reading {
  /** The one that is read. */
  readonly providerAccountId: string;
  /** Its transaction ids that are proven gone: taken back by the bank, or absent from a complete re-read of their day. */
  readonly gone: ReadonlySet<string>;
  /** The others that still show this ledger's rows; what only an ended one showed stands on nothing any more. */
  readonly feeding: ReadonlySet<string>;
}

/** A row that the account does not show any more; since when, where it is said. */
export interface EndedRow {
  readonly id: string;
  readonly providerUpdatedAt: string | null;
}

const transactionOf = (id: string, row: ShownRow): LedgerTransaction => ({
  id,
  providerAccountId: row.providerAccountId,
  providerTransactionId: row.providerTransactionId,
  providerUpdatedAt: row.providerUpdatedAt,
  ...row.content,
});

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
  /** Told first: their ids are other rows' by now. */
  readonly duplicates: Removal[] = [];
  readonly imported: LedgerTransaction[] = [];
  readonly amendments: Amendment[] = [];
  readonly removals: Removal[] = [];
  readonly endedKeys: EndedKey[] = [];
  readonly #reading: Reading;
  readonly #rows: Map<string, LedgerRow>;
  /** Row that belongs to an id of the account that is read. */
  readonly #homes = new Map<string, string>();
  #alike: AlikeRows | undefined;

  constructor(reading: Reading, rows: ReadonlyMap<string, LedgerRow>) {
    this.#reading = reading;
    this.#rows = new Map(rows);
    for (const [id, { keys }] of rows) {
      for (const key of keys) {
        if (key.providerAccountId === reading.providerAccountId)
          this.#homes.set(key.providerTransactionId, id);
      }
    }
  }

  /** All rows that the account shows in some days; those under ids that we know find their rows first. */
  meet(shown: readonly { readonly id: string; readonly row: ShownRow }[]): void {
    let strangers = shown.toSorted((a, b) => byDayAndId(a.row, b.row));
    strangers = strangers.filter(({ row }) => !this.#underLiveKey(row));
    strangers = strangers.filter(({ row }) => !this.#underEndedKey(row));
    const candidates = this.#candidates(strangers.length > 0);
    for (const take of ['equal', 'alike', 'pending'] as const) {
      strangers = strangers.filter(({ row }) => !this.#underNewKey(row, candidates[take](row.content)));
    }
    for (const { id, row } of strangers) this.imported.push(transactionOf(id, row));
  }

  /**
   * The account stopped showing rows; what other accounts still show stands. Those that nobody shows go first: none of them
   * can be what an equal row is still shown as.
   */
  end(rows: readonly EndedRow[], reason: RemovalReason): void {
    const isStanding = ({ id }: EndedRow): boolean => {
      const known = this.#rows.get(id);
      return known !== undefined && this.#isShownByOthers(known);
    };
    const standing = new Set(rows.filter(isStanding));
    for (const each of rows) if (!standing.has(each)) this.#end(each, reason);
    for (const each of standing) this.#end(each, reason);
  }

  #end({ id, providerUpdatedAt }: EndedRow, reason: RemovalReason): void {
    const known = this.#rows.get(id);
    if (!known || known.removed) return;
    const key = liveKeyOf(known, this.#reading.providerAccountId);
    if (this.#isShownByOthers(known)) {
      if (!key || this.#endAlike(known, key, reason, providerUpdatedAt)) return;
      const { providerAccountId, providerTransactionId } = key;
      const ended = { id, providerAccountId, providerTransactionId, reason, providerUpdatedAt };
      this.endedKeys.push(ended);
      this.#rows.set(id, lessKey(known, ended));
      return;
    }
    this.#remove(known, reason, lastForm(known, key, providerUpdatedAt));
  }

  /** @returns the row that is shown under this id now, unless it knows better than the word at hand */
  homeOf(row: Exclude<FetchedTransaction, { kind: 'unreadable' }>): string | undefined {
    const { known, key } = this.#known(row.providerTransactionId);
    return known && key?.live && !isStale(row, key) ? known.transaction.id : undefined;
  }

  #known(providerTransactionId: string): { known?: LedgerRow; key?: LedgerKey } {
    const known = this.#rows.get(this.#homes.get(providerTransactionId) ?? '');
    const key = known?.keys.find(
      (each) =>
        each.providerTransactionId === providerTransactionId &&
        each.providerAccountId === this.#reading.providerAccountId,
    );
    return known && key ? { known, key } : {};
  }

  #underLiveKey(row: ShownRow): boolean {
    const { known, key } = this.#known(row.providerTransactionId);
    if (!known || !key?.live) return false;
    // An account that repeats what it said before does not undo what another one said since.
    if (isStale(row, key) || wordOf(row.content) === key.word) return true;
    if (this.#joinAlike(row, known)) return true;
    const amendment = amendmentOf(known, transactionOf(known.transaction.id, row));
    if (amendment) this.#amend(known, amendment);
    return true;
  }

  /**
   * A row that this account alone shows becomes what others showed already, and this one did not: they saw it in its newer form
   * first. It was that one all along.
   */
  #joinAlike(row: ShownRow, known: LedgerRow): boolean {
    if (this.#isShownByOthers(known) || isAlike(known.transaction, row.content)) return false;
    for (const { alike, other } of this.#alikeRows(known, row.content)) {
      if (other || !this.#isShownByOthers(alike)) continue;
      if (!known.removed) this.#removeDuplicate(known, transactionOf(known.transaction.id, row));
      this.#amend(alike, recognitionOf(alike, transactionOf(alike.transaction.id, row)));
      return true;
    }
    return false;
  }

  /**
   * Which of two equal rows an id belongs to was a guess. It was wrong when the row of an id that ends stands because another
   * account shows it, and an equal one only because this account does: they are one row of the bank. They exchange their ids,
   * and the equal one ends.
   */
  #endAlike(known: LedgerRow, key: LedgerKey, reason: RemovalReason, deletedAt: string | null): boolean {
    for (const { alike, other } of this.#alikeRows(known, known.transaction)) {
      if (!other || this.#isShownByOthers(alike)) continue;
      const { id } = known.transaction;
      this.#amend(known, exchangeOf(known, shownAs({ ...alike.transaction, id }, other)));
      this.#remove(this.#rows.get(alike.transaction.id) ?? alike, reason, lastForm(alike, key, deletedAt));
      return true;
    }
    return false;
  }

  /** Rows that may be meant where this one is: only what several accounts show can be paired wrongly. */
  *#alikeRows(
    known: LedgerRow,
    content: TransactionContent,
  ): Generator<{ alike: LedgerRow; other: LedgerKey | undefined }> {
    const { providerAccountId, feeding } = this.#reading;
    if (feeding.size - Number(feeding.has(providerAccountId)) === 0) return;
    this.#alike ??= new AlikeRows(this.#rows.values());
    for (const id of this.#alike.idsLike(content)) {
      const alike = this.#rows.get(id);
      if (alike && alike !== known) yield { alike, other: liveKeyOf(alike, providerAccountId) };
    }
  }

  #underEndedKey(row: ShownRow): boolean {
    const { known, key } = this.#known(row.providerTransactionId);
    if (!known || !key || key.live) return false;
    if (isStale(row, key)) return true;
    if (!this.#lacksLiveKey(known)) return false;
    if (known.removed && this.#joinAlike(row, known)) return true;
    this.#amend(known, recognitionOf(known, transactionOf(known.transaction.id, row)));
    return true;
  }

  #underNewKey(row: ShownRow, id: string | undefined): boolean {
    const known = this.#rows.get(id ?? '');
    if (!known) return false;
    this.#amend(known, recognitionOf(known, transactionOf(known.transaction.id, row)));
    return true;
  }

  #removeDuplicate(known: LedgerRow, transaction: LedgerTransaction): void {
    const removal: Removal = { reason: 'duplicate', transaction };
    this.duplicates.push(removal);
    this.#put(removedRow(known, removal));
  }

  #amend({ transaction: { id } }: LedgerRow, amendment: Amendment): void {
    this.amendments.push(amendment);
    this.#move(amendment.transaction);
    this.#put(amendedRow(this.#rows.get(id), amendment));
  }

  #remove(known: LedgerRow, reason: RemovalReason, transaction: LedgerTransaction): void {
    const removal = { reason, transaction };
    this.removals.push(removal);
    this.#move(transaction);
    this.#put(removedRow(known, removal));
  }

  #put(row: LedgerRow): void {
    this.#rows.set(row.transaction.id, row);
    this.#alike?.put(row);
  }

  /** An id belongs to one row. */
  #move(shown: LedgerTransaction): void {
    if (shown.providerAccountId !== this.#reading.providerAccountId) return;
    const home = this.#rows.get(this.#homes.get(shown.providerTransactionId) ?? shown.id);
    if (home && home.transaction.id !== shown.id) this.#rows.set(home.transaction.id, lostKey(home, shown));
    this.#homes.set(shown.providerTransactionId, shown.id);
  }

  #lacksLiveKey(row: LedgerRow): boolean {
    const key = liveKeyOf(row, this.#reading.providerAccountId);
    return key === undefined || this.#reading.gone.has(key.providerTransactionId);
  }

  #isShownByOthers({ keys }: LedgerRow): boolean {
    const { providerAccountId, feeding } = this.#reading;
    return keys.some(
      (key) => key.live && key.providerAccountId !== providerAccountId && feeding.has(key.providerAccountId),
    );
  }

  /**
   * Rows that this account may turn out to show under an id that we do not know: those that it did not show yet and another
   * account does first, then those whose id is gone; by their ids, as the bank's rows come.
   */
  #candidates(areWanted: boolean): Candidates {
    const { providerAccountId } = this.#reading;
    const open = areWanted
      ? [...this.#rows.values()].filter((row) => !row.removed && this.#lacksLiveKey(row))
      : [];
    const rankOf = (row: LedgerRow): number =>
      liveKeyOf(row, providerAccountId) === undefined && this.#isShownByOthers(row) ? 0 : 1;
    const inOrder = open.toSorted(
      (a, b) =>
        rankOf(a) - rankOf(b) ||
        byId(a.transaction.providerTransactionId, b.transaction.providerTransactionId) ||
        byId(a.transaction.id, b.transaction.id),
    );
    const isGonePending = (row: LedgerRow) =>
      row.transaction.status === 'pending' && !this.#isShownByOthers(row);
    return new Candidates(inOrder, inOrder.filter(isGonePending));
  }
}

const shownAs = (
  transaction: LedgerTransaction,
  { providerAccountId, providerTransactionId, providerUpdatedAt }: LedgerKey,
): LedgerTransaction => ({ ...transaction, providerAccountId, providerTransactionId, providerUpdatedAt });

const lastForm = (
  { transaction }: LedgerRow,
  key: LedgerKey | undefined,
  deletedAt: string | null,
): LedgerTransaction => {
  if (!key) return transaction;
  // The deletion is the provider's last change: a row that is older than it must not bring the transaction back.
  return shownAs(transaction, { ...key, providerUpdatedAt: deletedAt ?? key.providerUpdatedAt });
};
