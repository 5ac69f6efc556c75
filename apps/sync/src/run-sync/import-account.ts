import {
  type FetchedTransaction,
  type IdentifiedRow,
  ledger,
  type LedgerContext,
  type LedgerEvent,
} from '#domain';
import {
  derivedId,
  type EventStore,
  type NewEvent,
  WrongExpectedRevision,
  type WrittenEvent,
} from '#event-store';
import { type EventMetadata, streamOf } from '#kernel';
import type { Database, Sql } from '#read-model';
import { catchUpLedger } from '../ledger-catch-up.js';
import { LEDGER } from '../ledger-tables.js';
import { ledgerRows } from './ledger-rows.js';

/** Another run wrote to this ledger since our pages were fetched: they may be older than what it knew. */
export class StalePages extends Error {
  override readonly name = 'StalePages';
}

export interface ImportDeps {
  readonly db: Database;
  readonly store: EventStore;
}

type Readable = Exclude<FetchedTransaction, { kind: 'unreadable' }>;

/** Below the 1 MiB that every server accepts, with room for metadata and type names. */
const MAX_APPEND_BYTES = 900 * 1024;

const transactionId = (ledgerId: string, provider: string, row: Readable): string =>
  derivedId('transaction', ledgerId, provider, row.providerAccountId, row.providerTransactionId);

const sizeOf = (event: LedgerEvent): number => Buffer.byteLength(JSON.stringify(event.data));

/** Cuts the events of one decision into appends that any server takes; each is retried and recognised on its own. */
const inAppends = (events: readonly LedgerEvent[]): readonly (readonly LedgerEvent[])[] => {
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

  constructor(deps: ImportDeps, context: LedgerContext, metadata: EventMetadata) {
    this.#deps = deps;
    this.#context = context;
    this.#metadata = metadata;
  }

  get stream(): string {
    return streamOf(ledger.category, this.#context.ledgerId);
  }

  /** To be called before the pages are fetched: everything that others write from then on is foreign. */
  async begin(): Promise<void> {
    const { revision } = await this.#catchUp(async () => undefined);
    this.#since = revision;
  }

  /** @throws {StalePages} fetch again */
  async importRows(rows: readonly Readable[], now: string): Promise<void> {
    const { ledgerId, provider } = this.#context;
    const identified: readonly IdentifiedRow[] = rows.map((row) => ({
      id: transactionId(ledgerId, provider, row),
      row,
    }));
    const ids = identified.map(({ id }) => id);
    const { revision, seen: known } = await this.#catchUp((tx) => ledgerRows(tx, ledgerId, ids));
    const decided = ledger.decide(
      { type: 'ImportRows', context: this.#context, rows: identified, now },
      { rows: known, balance: null },
    );
    await this.#append(decided, revision);
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
  async #catchUp<Seen>(look: (tx: Sql) => Promise<Seen>): Promise<{ revision: bigint; seen: Seen }> {
    const { db, store } = this.#deps;
    const { ledgerId } = this.#context;
    const fresh = this.#fresh;
    const work = async (tx: Sql) => {
      const revision = await catchUpLedger(tx, LEDGER, ledgerId, store, fresh);
      return { revision, seen: await look(tx) };
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
