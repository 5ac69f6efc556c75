import type { TransactionContent, TransactionKey } from '../bank-transaction.js';
import { AlikeRows } from './alike-rows.js';
import { exchangeOf, recognitionOf } from './amendment.js';
import { amendedRow, assignedRow, importedRow, lessKey, lostKey, removedRow } from './evolve-ledger.js';
import { isSameKey, liveKeyOf } from './keys.js';
import type { Amendment, EndedKey, LedgerTransaction, Removal, RemovalReason } from './ledger.events.js';
import type { LedgerKey, LedgerRow } from './ledger.state.js';
import { Telling } from './telling.js';

/** What is known of the provider accounts when one of them is read. */
export interface Reading {
  /** The one that is read. */
  readonly providerAccountId: string;
  /** Its transaction ids that are proven gone: taken back by the bank, or absent from a complete re-read of their day. */
  readonly gone: ReadonlySet<string>;
  /** Others that such a re-read did not show, while a row could not be read which may be theirs under a new id. */
  readonly absent: ReadonlySet<string>;
  /** The others that still show this ledger's rows; what only an ended one showed stands on nothing any more. */
  readonly feeding: ReadonlySet<string>;
}

/** The rows of a ledger while one account is compared with them; everything that is done to them is told. */
export class WorkingRows {
  readonly telling = new Telling();
  readonly #reading: Reading;
  readonly #rows: Map<string, LedgerRow>;
  /** Row that belongs to an id of the account that is read. */
  readonly #homes = new Map<string, string>();
  #alike: AlikeRows | undefined;
  /** Rows that something was done to. */
  readonly #touched = new Set<string>();

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

  get all(): readonly LedgerRow[] {
    return [...this.#rows.values()];
  }

  /** Whether any other account shows rows of the ledger: only then may ids be paired wrongly. */
  get haveOthers(): boolean {
    const { providerAccountId, feeding } = this.#reading;
    return feeding.size - Number(feeding.has(providerAccountId)) > 0;
  }

  get(id: string): LedgerRow | undefined {
    return this.#rows.get(id);
  }

  /** The row that an id of the account belongs to, with what is known of the id. */
  home(providerTransactionId: string): { known?: LedgerRow; key?: LedgerKey } {
    const known = this.#rows.get(this.#homes.get(providerTransactionId) ?? '');
    const key = known?.keys.find(
      (each) =>
        each.providerTransactionId === providerTransactionId &&
        each.providerAccountId === this.#reading.providerAccountId,
    );
    return known && key ? { known, key } : {};
  }

  /** Standing rows of this day, amount, text and status. */
  like(content: TransactionContent): readonly LedgerRow[] {
    this.#alike ??= new AlikeRows(this.#rows.values());
    return [...this.#alike.idsLike(content)].flatMap((id) => this.#rows.get(id) ?? []);
  }

  /** The id under which the account shows the row, as far as it is not proven gone. */
  seatOf(row: LedgerRow): LedgerKey | undefined {
    const key = liveKeyOf(row, this.#reading.providerAccountId);
    return key && !this.#reading.gone.has(key.providerTransactionId) ? key : undefined;
  }

  /** Whether the account has an id for the row which is not known to be missing. */
  isSeen(row: LedgerRow): boolean {
    const seat = this.seatOf(row);
    return seat !== undefined && !this.#reading.absent.has(seat.providerTransactionId);
  }

  /** The ids under which accounts show the row, as far as they are not proven gone. */
  seatsOf({ keys }: LedgerRow): readonly LedgerKey[] {
    const { providerAccountId, gone, feeding } = this.#reading;
    return keys.filter((key) => {
      if (key.providerAccountId === providerAccountId)
        return key.live && !gone.has(key.providerTransactionId);
      return key.live && feeding.has(key.providerAccountId);
    });
  }

  /** Standing rows that something was done to since this was asked last. */
  touched(): readonly LedgerRow[] {
    const rows = [...this.#touched].flatMap((id) => this.#rows.get(id) ?? []);
    this.#touched.clear();
    return rows.filter(({ removed }) => !removed);
  }

  isShownByOthers({ keys }: LedgerRow): boolean {
    const { providerAccountId, feeding } = this.#reading;
    return keys.some(
      (key) => key.live && key.providerAccountId !== providerAccountId && feeding.has(key.providerAccountId),
    );
  }

  import(transaction: LedgerTransaction): void {
    this.telling.import(transaction);
    // Nobody asks for it again; a first import has nothing but these.
    if (!this.haveOthers) return;
    this.#move(transaction);
    this.#put(importedRow(transaction));
  }

  amend(amendment: Amendment): void {
    this.telling.amend(amendment);
    this.#move(amendment.transaction);
    this.#put(amendedRow(this.#rows.get(amendment.transaction.id), amendment));
  }

  /** A row is shown under another id; the one that it had ends, or turns out to be another row's. */
  recognise(row: LedgerRow, shown: LedgerTransaction): void {
    this.amend(this.seatOf(row) ? exchangeOf(row, shown) : recognitionOf(row, shown));
  }

  /** Nothing about the row is new, but that it is shown so under this id. */
  assign(id: string, { providerAccountId, providerTransactionId, word, providerUpdatedAt }: LedgerKey): void {
    const key = { id, providerAccountId, providerTransactionId, word, providerUpdatedAt };
    this.#endGone(id, providerAccountId);
    this.telling.assign(key);
    this.#move(key);
    const row = this.#rows.get(id);
    if (row) this.#put(assignedRow(row, key));
  }

  /** An account shows a row under one id: the one that is gone makes room, or its end would be taken for the row's. */
  #endGone(id: string, providerAccountId: string): void {
    const row = this.#rows.get(id);
    const gone = row && liveKeyOf(row, providerAccountId);
    if (!gone || providerAccountId !== this.#reading.providerAccountId || this.seatOf(row)) return;
    const { providerTransactionId } = gone;
    const ended = { id, providerAccountId, providerTransactionId, providerUpdatedAt: null };
    this.endKey(row, { ...ended, reason: 'absent-from-bank' });
  }

  endKey(row: LedgerRow, ended: EndedKey): void {
    this.telling.endKey(ended);
    this.#put(lessKey(row, ended));
  }

  /** It turned out to be another row of the ledger. */
  removeDuplicate(row: LedgerRow, transaction: LedgerTransaction): void {
    const removal: Removal = { reason: 'duplicate', transaction };
    this.telling.duplicate(removal);
    this.#put(removedRow(row, removal));
  }

  remove(row: LedgerRow, reason: RemovalReason, transaction: LedgerTransaction): void {
    const removal = { reason, transaction };
    this.telling.remove(removal);
    this.#move(transaction);
    this.#put(removedRow(row, removal));
  }

  #put(row: LedgerRow): void {
    this.#rows.set(row.transaction.id, row);
    this.#touched.add(row.transaction.id);
    this.#alike?.put(row);
  }

  /** An id belongs to one row. */
  #move(shown: TransactionKey & { readonly id: string }): void {
    const isOwn = shown.providerAccountId === this.#reading.providerAccountId;
    const home = isOwn
      ? this.#rows.get(this.#homes.get(shown.providerTransactionId) ?? shown.id)
      : this.all.find(({ keys }) => keys.some((key) => isSameKey(key, shown)));
    if (home && home.transaction.id !== shown.id) this.#put(lostKey(home, shown));
    if (isOwn) this.#homes.set(shown.providerTransactionId, shown.id);
  }
}
