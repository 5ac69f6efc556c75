import type { FetchedTransaction } from '../bank-transaction.js';
import { wordOf } from './content.js';
import { Candidates } from './candidates.js';
import { amendmentOf, recognitionOf } from './amendment.js';
import { amendedRow, lessKey, removedRow } from './evolve-ledger.js';
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
  readonly imported: LedgerTransaction[] = [];
  readonly amendments: Amendment[] = [];
  readonly removals: Removal[] = [];
  readonly endedKeys: EndedKey[] = [];
  readonly #reading: Reading;
  readonly #rows: Map<string, LedgerRow>;
  /** Row that belongs to an id of the account that is read. */
  readonly #homes = new Map<string, string>();

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

  /** The account stopped showing a row; what other accounts still show stands. */
  end(id: string, reason: RemovalReason, providerUpdatedAt: string | null = null): void {
    const known = this.#rows.get(id);
    if (!known || known.removed) return;
    const key = liveKeyOf(known, this.#reading.providerAccountId);
    if (this.#isShownByOthers(known)) {
      if (!key) return;
      const { providerAccountId, providerTransactionId } = key;
      const ended = { id, providerAccountId, providerTransactionId, reason, providerUpdatedAt };
      this.endedKeys.push(ended);
      this.#rows.set(id, lessKey(known, ended));
      return;
    }
    const removal = { reason, transaction: lastForm(known, key, providerUpdatedAt) };
    this.removals.push(removal);
    this.#rows.set(id, removedRow(known, removal));
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
    const amendment = amendmentOf(known, transactionOf(known.transaction.id, row));
    if (amendment) this.#amend(known, amendment);
    return true;
  }

  #underEndedKey(row: ShownRow): boolean {
    const { known, key } = this.#known(row.providerTransactionId);
    if (!known || !key || key.live) return false;
    if (isStale(row, key)) return true;
    if (!this.#lacksLiveKey(known)) return false;
    this.#amend(known, recognitionOf(known, transactionOf(known.transaction.id, row)));
    return true;
  }

  #underNewKey(row: ShownRow, id: string | undefined): boolean {
    const known = this.#rows.get(id ?? '');
    if (!known) return false;
    this.#amend(known, recognitionOf(known, transactionOf(known.transaction.id, row)));
    return true;
  }

  #amend(known: LedgerRow, amendment: Amendment): void {
    const { id, providerTransactionId } = amendment.transaction;
    this.amendments.push(amendment);
    this.#rows.set(id, amendedRow(known, amendment));
    this.#homes.set(providerTransactionId, id);
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

const lastForm = (
  { transaction }: LedgerRow,
  key: LedgerKey | undefined,
  deletedAt: string | null,
): LedgerTransaction => {
  if (!key) return transaction;
  const { providerAccountId, providerTransactionId, providerUpdatedAt } = key;
  // The deletion is the provider's last change: a row that is older than it must not bring the transaction back.
  return {
    ...transaction,
    providerAccountId,
    providerTransactionId,
    providerUpdatedAt: deletedAt ?? providerUpdatedAt,
  };
};
