import { ledger, type LedgerContext, type LedgerEvent } from '#domain';
import { type EventStore, type NewEvent, WrongExpectedRevision, type WrittenEvent } from '#event-store';
import { type EventMetadata, streamOf } from '#kernel';
import type { Database, Sql } from '#read-model';
import { catchUpLedger } from '../ledger-catch-up.js';
import { LEDGER } from '../ledger-tables.js';
import { type LedgerStanding, type ShownKey, shownKeysAt, standingOf } from './ledger-rows.js';

/** Another run wrote to this ledger since our pages were fetched: they may be older than what it knew. */
export class StalePages extends Error {
  override readonly name = 'StalePages';
}

/** Below the 1 MiB that every server accepts, with room for metadata and type names. */
const MAX_APPEND_BYTES = 900 * 1024;

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

export interface SessionDeps {
  readonly db: Database;
  readonly store: EventStore;
  /** Told before anything is appended. */
  readonly onAppend?: () => void;
}

/** One ledger as one import reads and writes it: what it sees is exactly as of the revision that its append expects. */
export class LedgerSession {
  readonly #deps: SessionDeps;
  readonly #context: LedgerContext;
  readonly #metadata: EventMetadata;
  /** What we appended last and did not yet apply to the rows. */
  #fresh: readonly WrittenEvent[] = [];
  /** Revision after which every event of another run makes our pages stale. */
  #since: bigint | null = null;
  #ownEnd: bigint | null = null;
  /** Rows were taken for known as of `#since`, and nobody has asked the log since then whether others wrote. */
  #isUnchecked = false;

  constructor(deps: SessionDeps, context: LedgerContext, metadata: EventMetadata) {
    this.#deps = deps;
    this.#context = context;
    this.#metadata = metadata;
  }

  /**
   * Revision that the ledger stands at while it holds nothing but what this account brought in this run; `null` when it held
   * more.
   */
  get ownEnd(): bigint | null {
    return this.#ownEnd;
  }

  /** From this revision on everything that others write is foreign; `ownEnd` is that of this account's session before. */
  begin(revision: bigint, ownEnd: bigint | null): void {
    this.#since = revision;
    this.#ownEnd = revision < 0n || revision === ownEnd ? revision : null;
  }

  /** Where the ledger stands by its stream: without a lock or a transaction where its rows have all of that. */
  async standing(): Promise<LedgerStanding> {
    const { db, store } = this.#deps;
    const { ledgerId } = this.#context;
    const standing = await standingOf(db, ledgerId);
    let last = standing.revision;
    const news = store.readStream(this.#stream, { from: last + 1n, maxCount: 1 });
    for await (const { revision } of news) last = revision;
    if (last === standing.revision) return standing;
    return (await this.catchUp((tx) => standingOf(tx, ledgerId))).seen;
  }

  /**
   * What the rows know of some ids as of the revision of `begin`: one statement, without a lock. Whoever concludes something from
   * it calls {@link check} in the end. `null`: the rows stand elsewhere by now, catch up.
   */
  async glance(
    providerAccountId: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, ShownKey> | null> {
    if (this.#since === null || this.#fresh.length > 0) return null;
    const { db } = this.#deps;
    const { revision, keys } = await shownKeysAt(db, this.#context.ledgerId, providerAccountId, ids);
    if (revision !== this.#since) return null;
    this.#isUnchecked = true;
    return keys;
  }

  /** @throws {StalePages} another run has written since `begin`, and what was glanced at may not be so any more */
  async check(): Promise<void> {
    if (this.#isUnchecked && this.#since !== null) await this.#refuseForeign(this.#since);
    this.#isUnchecked = false;
  }

  /**
   * What `look` sees of the rows, exactly as of the returned revision: both happen in one transaction. What we know to
   * be news is applied, anything else is read.
   * @throws {StalePages} after `begin`, when another run wrote meanwhile
   */
  async catchUp<Seen>(
    look: (tx: Sql, head: bigint) => Promise<Seen>,
  ): Promise<{ revision: bigint; seen: Seen }> {
    const { db, store } = this.#deps;
    const fresh = this.#fresh;
    const work = async (tx: Sql) => {
      const revision = await catchUpLedger(tx, LEDGER, this.#context.ledgerId, store, fresh);
      return { revision, seen: await look(tx, revision) };
    };
    const { revision, seen } = await db.transaction(work, { durable: false });
    this.#fresh = [];
    this.#isUnchecked = false;
    if (this.#since !== null && revision > this.#since) await this.#refuseForeign(this.#since);
    this.#since = this.#since === null ? null : revision;
    return { revision, seen };
  }

  /** @throws {StalePages} when anybody wrote since that revision */
  async append(events: readonly LedgerEvent[], revision: bigint): Promise<void> {
    let expected = revision;
    const written: WrittenEvent[] = [];
    if (events.length > 0) this.#deps.onAppend?.();
    try {
      for (const append of inAppends(events)) {
        const news: readonly NewEvent[] = append.map((event) => ({ ...event, metadata: this.#metadata }));
        const done = await this.#deps.store.append(
          this.#stream,
          expected < 0n ? 'no-stream' : expected,
          news,
        );
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

  get #stream(): string {
    return streamOf(ledger.category, this.#context.ledgerId);
  }

  async #refuseForeign(since: bigint): Promise<void> {
    for await (const event of this.#deps.store.readStream(this.#stream, { from: since + 1n })) {
      const { syncId } = event.data as LedgerContext;
      if (syncId !== this.#context.syncId) {
        throw new StalePages(`Run ${syncId} wrote to ledger ${this.#context.ledgerId} meanwhile.`);
      }
    }
  }
}
