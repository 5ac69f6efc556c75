import {
  dayOf, type FetchedTransaction, type IdentifiedRow, ledger, type LedgerContext, type LedgerEvent, type LedgerRow, type Reading, type TransactionContent, wordOf,
} from '#domain'; // prettier-ignore
import {
  derivedId,
  type EventStore,
  type NewEvent,
  WrongExpectedRevision,
  type WrittenEvent,
} from '#event-store';
import { addDays, type BankDay, type EventMetadata, streamOf } from '#kernel';
import type { Database, Sql } from '#read-model';
import { catchUpLedger } from '../ledger-catch-up.js';
import { LEDGER } from '../ledger-tables.js';
import { candidateIds, ledgerRows, type ShownKey, shownKeys, sourcesOf } from './ledger-rows.js';
import { abandonedRows, absentRows, isEmpty, type PageSet, provenGone, provesAnyGone } from './page-set.js';

/** Another run wrote to this ledger since our pages were fetched: they may be older than what it knew. */
export class StalePages extends Error {
  override readonly name = 'StalePages';
}

export interface ImportDeps {
  readonly db: Database;
  readonly store: EventStore;
  /** Whether a provider account, last heard of through this connection, is still linked, shared and tracked there. */
  readonly stillFeeds: (connectionId: string, providerAccountId: string) => Promise<boolean>;
}

type Readable = Exclude<FetchedTransaction, { kind: 'unreadable' }>;

/** Below the 1 MiB that every server accepts, with room for metadata and type names. */
const MAX_APPEND_BYTES = 900 * 1024;

/** An account that shows nothing at all is doubted when so many rows would go with it. */
const DOUBTED_FROM = 5;
const ABSENT_AT_ONCE = 500;
/** Days at the beginning of a re-read in which a missing row is not missed: the bank may have re-dated it to before them. */
const MAX_MARGIN_DAYS = 7;

/** What a decision about some shown rows needs, exactly as of one revision. */
interface Look {
  /** Those that say anything new. */
  readonly news: readonly Readable[];
  readonly keys: ReadonlyMap<string, ShownKey>;
  readonly known: ReadonlyMap<string, LedgerRow>;
  readonly gone: ReadonlySet<string>;
}

const isNews = (row: Readable, key: ShownKey | undefined): boolean =>
  row.kind === 'deleted' ? key?.live === true : !key?.live || key.word !== wordOf(row.content);

/** A row of before the days that are wanted is followed where the ledger knows it, and else left where it is. */
const isWanted = (row: Readable, key: ShownKey | undefined, from: BankDay | undefined): boolean =>
  row.kind === 'deleted' || key?.live === true || from === undefined || row.day >= from;

/** Whether the ledger has heard of the row, or takes it in. */
const isOfLedger = (row: Readable, key: ShownKey | undefined, from: BankDay | undefined): boolean =>
  row.kind === 'deleted' ? key !== undefined : isWanted(row, key, from);

/** How many rows of the ledger these events end or move. */
const endedBy = (events: readonly LedgerEvent[]): number =>
  events
    .map(({ data }) => ('removals' in data ? data.removals : 'amendments' in data ? data.amendments : []))
    .reduce((sum, rows) => sum + rows.length, 0);

const sizeOf = (event: LedgerEvent): number => Buffer.byteLength(JSON.stringify(event.data));

/** Cuts the events of one decision into appends that any server takes; each is retried and recognised on its own. */
const inAppends = (events: readonly LedgerEvent[]): readonly (readonly LedgerEvent[])[] => {
  if (events.length === 1) return [events];
  const appends: LedgerEvent[][] = [];
  let bytes = 0;
  for (const event of events) {
    const size = sizeOf(event);
    const last = appends.at(-1);
    if (last && bytes + size <= MAX_APPEND_BYTES) {
      last.push(event);
      bytes += size;
    } else {
      appends.push([event]);
      bytes = size;
    }
  }
  return appends;
};

/**
 * Imports the rows of one account of one run into its ledger, chunk by chunk. Each decision sees the ledger's rows
 * exactly as of the revision that its append expects, whatever was written meanwhile.
 */
export class AccountImport {
  readonly #deps: ImportDeps;
  readonly #context: LedgerContext;
  readonly #metadata: EventMetadata;
  /** What we appended last and did not yet apply to the rows. */
  #fresh: readonly WrittenEvent[] = [];
  /** Revision after which every event of another run makes our pages stale. */
  #since: bigint | null = null;
  /** Revision that the ledger stands at while it holds nothing but what this import wrote; `null` when it held more. */
  #ownEnd: bigint | null = null;
  /** The ledger was empty when our pages were fetched. */
  #isEmpty = false;
  /** Provider accounts whose word on this ledger's rows still counts. */
  #feeding: ReadonlySet<string> = new Set();
  /** Those whose word counted once. */
  #ended: ReadonlySet<string> = new Set();
  /** First bank day wanted. */
  #from: BankDay | undefined;
  #missed = 0;

  constructor(deps: ImportDeps, context: LedgerContext, metadata: EventMetadata) {
    this.#deps = deps;
    this.#context = context;
    this.#metadata = metadata;
  }

  /** Revision up to which nobody but this account, in this run, wrote to the ledger; `null` when others did. */
  get ownEnd(): bigint | null {
    return this.#ownEnd;
  }

  /** Rows of the ledger that were ended because the account does not show them any more. */
  get missed(): number {
    return this.#missed;
  }

  get stream(): string {
    return streamOf(ledger.category, this.#context.ledgerId);
  }

  /**
   * To be called before the pages are fetched: everything that others write from then on is foreign. `from` is the first bank
   * day wanted: an older row is followed where the ledger knows it, and else no news. `ownEnd` is that of this account's import
   * of the slice before.
   */
  async begin(from?: BankDay, ownEnd: bigint | null = null): Promise<void> {
    this.#from = from;
    const { ledgerId } = this.#context;
    const { revision, seen } = await this.#catchUp((tx) => sourcesOf(tx, ledgerId));
    this.#since = revision;
    this.#isEmpty = revision < 0n;
    this.#ownEnd = this.#isEmpty || revision === ownEnd ? revision : null;
    const feeding = new Set<string>();
    const ended = new Set<string>();
    for (const { providerAccountId, connectionId } of seen) {
      const isFeeding = await this.#deps.stillFeeds(connectionId, providerAccountId);
      (isFeeding ? feeding : ended).add(providerAccountId);
    }
    this.#feeding = feeding;
    this.#ended = ended;
  }

  /**
   * Rows of whole days, all of one account and of one page set. Resolves to how many of them the ledger has now: others are
   * of before the days that are wanted, or were taken back before it ever had them.
   * @throws {StalePages} fetch again
   */
  async importRows(rows: readonly Readable[], pages: PageSet, now: string): Promise<number> {
    const { revision, seen } = await this.#catchUp((tx, head) => this.#look(tx, rows, pages, head));
    const held = rows.filter((row) => isOfLedger(row, seen.keys.get(row.providerTransactionId), this.#from));
    if (seen.news.length === 0) return held.length;
    const identified: readonly IdentifiedRow[] = seen.news.map((row) => ({
      id: this.#freshId(row, seen.keys.has(row.providerTransactionId), revision),
      row,
    }));
    const reading = this.#reading(pages, seen.gone);
    const decided = ledger.decide(
      { type: 'ImportRows', context: this.#context, reading, rows: identified, now },
      { rows: seen.known, balance: null },
    );
    await this.#append(decided, revision);
    return held.length;
  }

  /**
   * After the last rows: ends what a complete re-read did not show any more. Returns why it was not believed, if so.
   * @throws {StalePages} fetch again
   */
  async finish(pages: PageSet, now: string): Promise<'account.empty-answer' | null> {
    if (pages.wholeDays === null) return null;
    for (;;) {
      const { revision, seen } = await this.#catchUp((tx) => this.#absent(tx, pages));
      if (seen.ids.length === 0) return null;
      if (seen.isDoubted) return 'account.empty-answer';
      const { ids, known } = seen;
      const reading = this.#reading(pages, new Set());
      const decided = ledger.decide(
        { type: 'EndAbsentRows', context: this.#context, reading, ids, now },
        { rows: known, balance: null },
      );
      await this.#append(decided, revision);
      this.#missed += endedBy(decided);
      if (ids.length < ABSENT_AT_ONCE || decided.length === 0) return null;
    }
  }

  /** A page set in which the rows of its first days are not missed. */
  #missing(pages: PageSet, from: BankDay): PageSet {
    const days = (Date.parse(this.#context.windowTo) - Date.parse(from)) / 86_400_000;
    const margin = Math.max(0, Math.min(MAX_MARGIN_DAYS, Math.floor(days / 10)));
    return { ...pages, wholeDays: { to: null, ...pages.wholeDays, from: addDays(from, margin) } };
  }

  #reading({ providerAccountId }: PageSet, gone: ReadonlySet<string>): Reading {
    return { providerAccountId, gone, feeding: this.#feeding };
  }

  async #absent(tx: Sql, pages: PageSet) {
    const { ledgerId } = this.#context;
    if (pages.wholeDays === null) return { ids: [], isDoubted: false, known: new Map<string, LedgerRow>() };
    const { from, knownFrom = from } = pages.wholeDays;
    const absent = await absentRows(tx, ledgerId, this.#missing(pages, from), ABSENT_AT_ONCE);
    const feeding = this.#feeding;
    const isHeir = [...this.#ended].some((id) => id !== pages.providerAccountId);
    const abandoned = isHeir
      ? await abandonedRows(tx, ledgerId, this.#missing(pages, knownFrom), feeding, ABSENT_AT_ONCE)
      : [];
    const ids = [...absent, ...abandoned];
    const isDoubted = ids.length >= DOUBTED_FROM && (await isEmpty(tx, pages));
    const known = await this.#withAlike(tx, pages, await ledgerRows(tx, ledgerId, ids), []);
    return { ids, isDoubted, known };
  }

  async #look(tx: Sql, rows: readonly Readable[], pages: PageSet, head: bigint): Promise<Look> {
    // Nobody but this import ever wrote to the ledger, and no page set shows an id twice: all of it is new.
    if (this.#isEmpty && head === this.#ownEnd) {
      const news = rows.filter((row) => isWanted(row, undefined, this.#from));
      return { news, keys: new Map(), known: new Map(), gone: new Set() };
    }
    const { ledgerId } = this.#context;
    const { providerAccountId } = pages;
    const ids = rows.map((row) => row.providerTransactionId);
    const keys = await shownKeys(tx, ledgerId, providerAccountId, ids);
    const news = rows.filter((row) => {
      const key = keys.get(row.providerTransactionId);
      return isNews(row, key) && isWanted(row, key, this.#from);
    });
    if (news.length === 0) return { news, keys, known: new Map(), gone: new Set() };
    const strangers = news.flatMap((row) =>
      row.kind === 'row' && !keys.get(row.providerTransactionId)?.live ? [row.content] : [],
    );
    const named = news.flatMap((row) => keys.get(row.providerTransactionId)?.transaction_id ?? []);
    const areNew = head === this.#ownEnd && !(await provesAnyGone(tx, pages));
    // Else each row of the ledger is one that this account shows under an id of its own: none can be meant by another.
    const candidates = areNew ? [] : await candidateIds(tx, ledgerId, strangers);
    const direct = await ledgerRows(tx, ledgerId, [...new Set([...named, ...candidates])]);
    const changed = news.flatMap((row) =>
      row.kind === 'row' && keys.has(row.providerTransactionId) ? [row.content] : [],
    );
    const known = await this.#withAlike(tx, pages, direct, changed);
    const doubtful = strangers.length === 0 ? [] : [...known.values()];
    const shown = doubtful.flatMap(({ transaction, keys: all }) =>
      all.flatMap(({ live, providerAccountId: account, providerTransactionId }) =>
        live && account === providerAccountId ? [{ providerTransactionId, day: dayOf(transaction) }] : [],
      ),
    );
    return { news, keys, known, gone: await provenGone(tx, pages, shown) };
  }

  /** With the rows that may be meant in their stead: where several accounts show one ledger, equal rows may be paired wrongly. */
  async #withAlike(
    tx: Sql,
    { providerAccountId }: PageSet,
    known: ReadonlyMap<string, LedgerRow>,
    contents: readonly TransactionContent[],
  ): Promise<ReadonlyMap<string, LedgerRow>> {
    if ([...this.#feeding].every((id) => id === providerAccountId)) return known;
    const { ledgerId } = this.#context;
    const held = [...known.values()].map(({ transaction }) => transaction);
    const ids = await candidateIds(tx, ledgerId, [...held, ...contents]);
    const others = ids.filter((id) => !known.has(id));
    return new Map([...known, ...(await ledgerRows(tx, ledgerId, others))]);
  }

  /** An id that a provider gives to another row later makes another transaction: told apart by the revision it is born at. */
  #freshId(row: Readable, isKnown: boolean, revision: bigint): string {
    const { ledgerId, provider } = this.#context;
    const key = [row.providerAccountId, row.providerTransactionId];
    return derivedId('transaction', ledgerId, provider, ...key, ...(isKnown ? [revision.toString()] : []));
  }

  async observeBalance(balance: string, currency: string, now: string): Promise<void> {
    const { revision, seen } = await this.#catchUp((tx) =>
      tx.query<{ balance: string | null; currency: string | null }>(
        `SELECT balance, currency FROM ${LEDGER}.heads WHERE ledger_id = $1`,
        [this.#context.ledgerId],
      ),
    );
    const [head] = seen;
    const last = head?.balance && head.currency ? { balance: head.balance, currency: head.currency } : null;
    const decided = ledger.decide(
      { type: 'ObserveBalance', context: this.#context, balance, currency, now },
      { rows: new Map(), balance: last },
    );
    await this.#append(decided, revision);
  }

  /**
   * What `look` sees of the rows, exactly as of the returned revision: both happen in one transaction. What we know to
   * be news is applied, anything else is read.
   */
  async #catchUp<Seen>(
    look: (tx: Sql, head: bigint) => Promise<Seen>,
  ): Promise<{ revision: bigint; seen: Seen }> {
    const { db, store } = this.#deps;
    const { ledgerId } = this.#context;
    const fresh = this.#fresh;
    const work = async (tx: Sql) => {
      const revision = await catchUpLedger(tx, LEDGER, ledgerId, store, fresh);
      return { revision, seen: await look(tx, revision) };
    };
    const { revision, seen } = await db.transaction(work, { durable: false });
    this.#fresh = [];
    if (this.#since !== null) await this.#refuseForeign(this.#since, revision);
    this.#since = this.#since === null ? null : revision;
    return { revision, seen };
  }

  async #append(events: readonly LedgerEvent[], revision: bigint): Promise<void> {
    let expected = revision;
    const written: WrittenEvent[] = [];
    try {
      for (const append of inAppends(events)) {
        const news: readonly NewEvent[] = append.map((event) => ({ ...event, metadata: this.#metadata }));
        const done = await this.#deps.store.append(this.stream, expected < 0n ? 'no-stream' : expected, news);
        written.push(...done.events);
        expected = done.revision;
      }
    } catch (error) {
      if (error instanceof WrongExpectedRevision) throw new StalePages(error.message, { cause: error });
      throw error;
    }
    this.#fresh = written;
    if (this.#since !== null && written.length > 0) this.#since = expected;
    if (this.#ownEnd === revision) this.#ownEnd = expected;
  }

  async #refuseForeign(since: bigint, revision: bigint): Promise<void> {
    if (revision <= since) return;
    for await (const event of this.#deps.store.readStream(this.stream, { from: since + 1n })) {
      const { syncId } = event.data as LedgerContext;
      if (syncId !== this.#context.syncId) {
        throw new StalePages(`Run ${syncId} wrote to ledger ${this.#context.ledgerId} meanwhile.`);
      }
    }
  }
}
