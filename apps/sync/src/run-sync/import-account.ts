import {
  type IdentifiedRow, ledger, type LedgerContext, type LedgerEvent, type LedgerRow, type Reading,
} from '#domain'; // prettier-ignore
import { derivedId } from '#event-store';
import type { BankDay, EventMetadata } from '#kernel';
import type { Sql } from '#read-model';
import { DaysInDoubt, firstDayInDoubt } from './days-in-doubt.js';
import { type LedgerStanding, standingOf } from './ledger-rows.js';
import { LedgerSession, type SessionDeps } from './ledger-session.js';
import {
  ABSENT_AT_ONCE, isAllKnown, isOfLedger, type KnownLedger, type Look, lookAtEmptyLedger, lookAtLedger, lookForAbsent, NONE_MISSING, type Readable,
} from './look-at-ledger.js'; // prettier-ignore
import type { MissingIds, PageSet } from './page-set.js';

export { StalePages } from './ledger-session.js';

export interface ImportDeps extends SessionDeps {
  /** Whether a provider account, last heard of through this connection, is still linked, shared and tracked there. */
  readonly stillFeeds: (connectionId: string, providerAccountId: string) => Promise<boolean>;
}

/** How many rows of the ledger these events end or move. */
const endedBy = (events: readonly LedgerEvent[]): number =>
  events
    .map(({ data }) => ('removals' in data ? data.removals : 'amendments' in data ? data.amendments : []))
    .reduce((sum, rows) => sum + rows.length, 0);

/**
 * Imports the rows of one account of one run into its ledger, chunk by chunk. Each decision sees the ledger's rows
 * exactly as of the revision that its append expects, whatever was written meanwhile.
 */
export class AccountImport {
  readonly #stillFeeds: ImportDeps['stillFeeds'];
  readonly #context: LedgerContext;
  readonly #session: LedgerSession;
  #ledger: KnownLedger;
  /** The ledger was empty when our pages were fetched. */
  #isEmpty = false;
  /** As the ledger had it when our pages were fetched. */
  #balance: LedgerStanding['balance'] | undefined;
  /** Some of our rows said something new: most of what follows will. */
  #hasNews = false;
  #missed = 0;

  constructor({ stillFeeds, ...engines }: ImportDeps, context: LedgerContext, metadata: EventMetadata) {
    this.#stillFeeds = stillFeeds;
    this.#context = context;
    this.#session = new LedgerSession(engines, context, metadata);
    const { ledgerId, windowTo } = context;
    this.#ledger = { ledgerId, windowTo, feeding: new Set(), ended: new Set(), from: undefined };
  }

  /** Revision up to which nobody but this account, in this run, wrote to the ledger; `null` when others did. */
  get ownEnd(): bigint | null {
    return this.#session.ownEnd;
  }

  /** Rows of the ledger that were ended because the account does not show them any more. */
  get missed(): number {
    return this.#missed;
  }

  /**
   * To be called before the pages are fetched: everything that others write from then on is foreign. `from` is the first bank
   * day wanted: an older row is followed where the ledger knows it, and else no news. `ownEnd` is that of this account's import
   * of the slice before.
   */
  async begin(from?: BankDay, ownEnd: bigint | null = null): Promise<void> {
    const { ledgerId, windowTo } = this.#context;
    const { revision, balance, sources } = await this.#session.standing();
    this.#session.begin(revision, ownEnd);
    this.#isEmpty = revision < 0n;
    this.#balance = balance;
    const feeding = new Set<string>();
    const ended = new Set<string>();
    for (const { providerAccountId, connectionId } of sources) {
      const isFeeding = await this.#stillFeeds(connectionId, providerAccountId);
      (isFeeding ? feeding : ended).add(providerAccountId);
    }
    this.#ledger = { ledgerId, windowTo, feeding, ended, from };
  }

  /**
   * Rows of whole days, all of one account and of one page set. Resolves to how many of them the ledger has now: others are
   * of before the days that are wanted, or were taken back before it ever had them.
   * @throws {StalePages} fetch again
   * @throws {DaysInDoubt} fetch again, with these days as a whole
   */
  async importRows(rows: readonly Readable[], pages: PageSet, now: string): Promise<number> {
    const known = await this.#keysOfKnown(rows, pages);
    if (known) return this.#countHeld(rows, known);
    const { revision, seen } = await this.#session.catchUp((tx, head) => this.#look(tx, rows, pages, head));
    const held = this.#countHeld(rows, seen.keys);
    if (seen.news.length === 0) return held;
    const identified: readonly IdentifiedRow[] = seen.news.map((row) => ({
      id: this.#freshId(row, seen.keys.has(row.providerTransactionId), revision),
      row,
    }));
    const reading = this.#reading(pages, seen.missing);
    const decided = ledger.decide(
      { type: 'ImportRows', context: this.#context, reading, rows: identified, now },
      { rows: seen.known, balance: null },
    );
    if (pages.mayAskForDays) this.#doubt(decided, seen, pages);
    await this.#session.append(decided, revision);
    return held;
  }

  /**
   * After the last rows: ends what a complete re-read did not show any more. Returns why it was not believed, if so.
   * @throws {StalePages} fetch again
   */
  async finish(pages: PageSet, now: string): Promise<'account.empty-answer' | null> {
    if (pages.wholeDays === null) {
      await this.#session.check();
      return null;
    }
    for (;;) {
      const { revision, seen } = await this.#session.catchUp((tx) => lookForAbsent(tx, this.#ledger, pages));
      if (seen.ids.length === 0) return null;
      if (seen.isDoubted) return 'account.empty-answer';
      const { ids, known } = seen;
      const reading = this.#reading(pages, NONE_MISSING);
      const decided = ledger.decide(
        { type: 'EndAbsentRows', context: this.#context, reading, ids, now },
        { rows: known, balance: null },
      );
      await this.#session.append(decided, revision);
      this.#missed += endedBy(decided);
      if (ids.length < ABSENT_AT_ONCE || decided.length === 0) return null;
    }
  }

  #doubt(decided: readonly LedgerEvent[], { known }: Look, { providerAccountId }: PageSet): void {
    const { ledgerId } = this.#context;
    const from = firstDayInDoubt(decided, known, { ledgerId, providerAccountId });
    if (from) throw new DaysInDoubt([{ providerAccountId, from }]);
  }

  #reading({ providerAccountId }: PageSet, missing: MissingIds): Reading {
    return { providerAccountId, ...missing, feeding: this.#ledger.feeding };
  }

  #countHeld(rows: readonly Readable[], keys: Look['keys']): number {
    const { from } = this.#ledger;
    return rows.filter((row) => isOfLedger(row, keys.get(row.providerTransactionId), from)).length;
  }

  /** What the ledger knows of the ids of these rows, if they say nothing new: then a glance is enough. */
  async #keysOfKnown(
    rows: readonly Readable[],
    { providerAccountId }: PageSet,
  ): Promise<Look['keys'] | null> {
    if (this.#hasNews || this.#isEmpty) return null;
    const ids = rows.map((row) => row.providerTransactionId);
    const keys = await this.#session.glance(providerAccountId, ids);
    if (keys && isAllKnown(rows, keys, this.#ledger)) return keys;
    this.#hasNews = true;
    return null;
  }

  #look(tx: Sql, rows: readonly Readable[], pages: PageSet, head: bigint): Promise<Look> {
    const isOwn = head === this.#session.ownEnd;
    return this.#isEmpty && isOwn
      ? Promise.resolve(lookAtEmptyLedger(rows, this.#ledger))
      : lookAtLedger(tx, this.#ledger, rows, pages, isOwn);
  }

  /** An id that a provider gives to another row later makes another transaction: told apart by the revision it is born at. */
  #freshId(row: Readable, isKnown: boolean, revision: bigint): string {
    const { ledgerId, provider } = this.#context;
    const key = [row.providerAccountId, row.providerTransactionId];
    return derivedId('transaction', ledgerId, provider, ...key, ...(isKnown ? [revision.toString()] : []));
  }

  async observeBalance(balance: string, currency: string, now: string): Promise<void> {
    const command = { type: 'ObserveBalance', context: this.#context, balance, currency, now } as const;
    const rows: ReadonlyMap<string, LedgerRow> = new Map();
    const seenBefore = this.#balance;
    // Whoever observed another one since then asked the provider later than we did.
    if (seenBefore !== undefined && ledger.decide(command, { rows, balance: seenBefore }).length === 0)
      return;
    const { ledgerId } = this.#context;
    const { revision, seen } = await this.#session.catchUp((tx) => standingOf(tx, ledgerId));
    await this.#session.append(ledger.decide(command, { rows, balance: seen.balance }), revision);
  }
}
