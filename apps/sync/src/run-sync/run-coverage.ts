import type { HistoryGap } from '#domain';
import { addDays, type BankDay } from '#kernel';
import type { FetchedPart } from '#providers';
import {
  type AccountProof, emptyCursor, type EmptyAnswer, readCursor, type SyncCursor, writeCursor,
} from './sync-cursor.js'; // prettier-ignore

export interface CoveredAccount {
  readonly providerAccountId: string;
  readonly ledgerId: string;
  /** Since when it is shared again, ISO 8601 UTC; `null` or absent: it always was. */
  readonly sharedSince?: string | null;
  /** What the provider shows of it may be old from this day on; `null` or absent: nothing speaks for that. */
  readonly behindSince?: BankDay | null;
}

/** What one run is to cover. */
export interface Coverage {
  /** What the runs before left. */
  readonly cursor: string | null;
  readonly accounts: readonly CoveredAccount[];
  /** Accounts that may show history that they did not show before: nothing of theirs counts as read. */
  readonly returned: ReadonlySet<string>;
  readonly today: BankDay;
  /** First bank day wanted, as of today's settings. */
  readonly wantedFrom: BankDay;
  /** ISO 8601 UTC. */
  readonly begunAt: string;
  /** When the provider last looked at the bank, ISO 8601 UTC; `null` or absent: unknown. */
  readonly refreshedAt?: string | null;
  /** Accounts that were last read in full no later than this are read again: changes that bear no time are found by nothing else. */
  readonly rereadBefore: string;
  readonly rereadDays: number;
}

/** One fetch of the provider. */
export interface PlannedRead {
  readonly part: FetchedPart;
  readonly accounts: readonly { readonly providerAccountId: string; readonly from: BankDay }[];
}

/** Reads whose rows are in the log before anything else is fetched. */
export interface Slice {
  readonly kind: 'recent' | 'backfill';
  readonly reads: readonly PlannedRead[];
  readonly from: BankDay;
  /** `null`: whatever comes later, too. */
  readonly to: BankDay | null;
}

/** How a slice ended: one end per read, in order. */
export interface SliceEnd {
  readonly ends: readonly {
    readonly complete: boolean;
    readonly cursor: string | null;
    readonly scope: 'full' | 'incremental';
  }[];
  readonly readable: number;
  readonly failed: number;
  /** Whether what they showed was believed: of accounts whose recent days were read whole, by provider account id. */
  readonly beliefs: ReadonlyMap<string, boolean>;
  /** First and last bank day seen of each account. */
  readonly days: ReadonlyMap<string, DaysSeen>;
}

export interface DaysSeen {
  readonly first: BankDay;
  readonly last: BankDay;
}

/** The newest slice of a backfill; what comes after follows from how many rows it had. */
const FIRST_SLICE_DAYS = 90;
/** Rows that a slice of a backfill is meant to bring: that much is staged at once, whatever the history. */
const SLICE_ROWS = 20_000;
const MIN_SLICE_DAYS = 7;
const MAX_SLICE_DAYS = 36_500;
/** A quiet account says nothing for days; a provider that gives less history than this is not to be used. */
const GAP_AFTER_DAYS = 7;
/** An empty answer that is still the same with the next daily run is no slip of the provider's any more. */
const BELIEVED_AFTER_MS = 20 * 3_600_000;

const min = <T extends string>(a: T, b: T): T => (a < b ? a : b);
const max = <T extends string>(a: T, b: T): T => (a > b ? a : b);
const isLater = (a: string, b: string): boolean => Date.parse(a) > Date.parse(b);
const daysBetween = (from: BankDay, to: BankDay): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** An account that is behind proves nothing of the days since, whatever the others prove. */
const stillBehind = (proof: AccountProof, { behindSince }: CoveredAccount): AccountProof =>
  behindSince ? { ...proof, behindSince: min(proof.behindSince ?? behindSince, behindSince) } : proof;

/** What it shows was read as a whole. */
const caughtUp = (proof: AccountProof, account: CoveredAccount): AccountProof => {
  const { behindSince: _, ...whole } = proof;
  return account.behindSince ? stillBehind(proof, account) : whole;
};

/**
 * What a run still has to read, and what is proved once that is in the log. Nothing is claimed but days without a hole up to
 * the provider's mark, and once a row could not be read or a page is missing, nothing more is: the next run reads it again.
 */
export class RunCoverage {
  readonly #run: Coverage;
  readonly #before: SyncCursor | null;
  /** First bank day that is wanted: it never moves forward while a day before is unread. */
  readonly wantedFrom: BankDay;
  readonly #proofs = new Map<string, AccountProof>();
  readonly #known: readonly CoveredAccount[];
  /** Accounts that showed nothing because they are not shared any more. */
  readonly #unshared = new Set<string>();
  readonly #lastRows: Map<string, BankDay>;
  readonly #emptyAnswers: Map<string, EmptyAnswer>;
  readonly #days = new Map<string, BankDay>();
  readonly #readFrom = new Map<string, BankDay>();
  #provider: string | null;
  #to: BankDay | null;
  #durable: string | null;
  #isProving = true;
  #isStopped = false;
  #sliceDays = FIRST_SLICE_DAYS;
  #recent: Slice | null;

  constructor(run: Coverage) {
    const before = readCursor(run.cursor);
    this.#run = run;
    this.#before = before;
    this.#durable = run.cursor;
    this.wantedFrom = before ? min(before.from, run.wantedFrom) : run.wantedFrom;
    this.#provider = before?.provider ?? null;
    this.#to = before?.to ?? null;
    this.#lastRows = new Map(before?.lastRows);
    this.#emptyAnswers = new Map(before?.emptyAnswers);
    for (const account of run.accounts) {
      const { providerAccountId: id, ledgerId } = account;
      const proof = before?.accounts.get(id);
      if (this.#provider === null || !proof || proof.ledgerId !== ledgerId || run.returned.has(id)) continue;
      if (!this.#hasMoreToShow(account, proof)) this.#proofs.set(id, stillBehind(proof, account));
    }
    this.#known = run.accounts.filter(({ providerAccountId }) => this.#proofs.has(providerAccountId));
    this.#recent = this.#planRecent();
  }

  /** What is proved, in words of its own for the next run; `null` while nothing is. */
  get cursor(): string | null {
    return this.#durable;
  }

  /** First bank day that every account is read from by now; `null`: one has not been read at all. */
  get readFrom(): BankDay | null {
    const days = this.#run.accounts.map(({ providerAccountId }) => this.#proofs.get(providerAccountId)?.from);
    const read = days.filter((day) => day !== undefined);
    return read.length === days.length ? read.reduce(max, this.wantedFrom) : null;
  }

  /** How many slices are left, as far as can be foreseen. */
  get slicesLeft(): number {
    const next = this.next();
    return next ? 1 + Math.ceil(Math.max(0, daysBetween(this.wantedFrom, next.from)) / this.#sliceDays) : 0;
  }

  /** What to read now; `null`: everything is read, or nothing more can be. */
  next(): Slice | null {
    return this.#isStopped ? null : (this.#recent ?? this.#planBackfill());
  }

  /**
   * Whether the account may have become empty: it showed nothing a day ago already, and the bank was looked at anew since, as far
   * as the provider tells.
   */
  believesEmpty(providerAccountId: string): boolean {
    const first = this.#emptyAnswers.get(providerAccountId);
    if (!first || this.#behindSince(providerAccountId)) return false;
    const { begunAt, refreshedAt } = this.#run;
    const isNewer = !refreshedAt || !first.refreshedAt || isLater(refreshedAt, first.refreshedAt);
    return isNewer && Date.parse(begunAt) - Date.parse(first.since) >= BELIEVED_AFTER_MS;
  }

  /** The rows of a slice are in the log. */
  done(slice: Slice, end: SliceEnd): void {
    const isWhole = end.ends.every(({ complete }) => complete);
    const isDoubted = [...end.beliefs.values()].includes(false);
    if (!isWhole || end.failed > 0 || isDoubted) this.#isProving = false;
    this.#remember(end.beliefs);
    this.#isStopped = !isWhole;
    for (const [id, { first, last }] of end.days) this.#saw(id, first, last);
    if (slice.kind === 'recent') this.#recentDone(slice, end);
    else this.#backfillDone(slice, end);
    this.#durable = this.#isProving ? this.#write() : this.#withDoubts();
  }

  /**
   * History that the provider showed once and does not show any more, so that days since the last proved one can never be
   * read. To be asked when all is read.
   */
  gaps(): readonly (Omit<HistoryGap, 'accountId'> & { readonly providerAccountId: string })[] {
    const { today, accounts } = this.#run;
    const before = this.#before;
    const to = before?.to;
    if (!before || !to || this.#isStopped) return [];
    return accounts.flatMap(({ providerAccountId, ledgerId, behindSince }) => {
      const seenTo = min(to, before.accounts.get(providerAccountId)?.behindSince ?? to);
      if (behindSince || addDays(seenTo, GAP_AFTER_DAYS) > today) return [];
      const readFrom = this.#readFrom.get(providerAccountId);
      const lastRow = before.lastRows.get(ledgerId);
      const first = this.#days.get(providerAccountId);
      if (!readFrom || !lastRow || !first || readFrom > lastRow || lastRow > seenTo || first <= seenTo)
        return [];
      return [{ providerAccountId, from: seenTo, to: addDays(first, -1) }];
    });
  }

  #remember(beliefs: SliceEnd['beliefs']): void {
    const { begunAt: since, refreshedAt = null } = this.#run;
    for (const [id, isBelieved] of beliefs) {
      // While it is behind, nobody looks whether it is still empty.
      if (isBelieved || this.#behindSince(id)) this.#emptyAnswers.delete(id);
      else if (!this.#emptyAnswers.has(id)) this.#emptyAnswers.set(id, { since, refreshedAt });
    }
  }

  #planRecent(): Slice | null {
    const { today, rereadBefore, rereadDays } = this.#run;
    const since = this.#provider;
    if (since === null || this.#known.length === 0) return null;
    const proofs = this.#known.flatMap(({ providerAccountId }) => {
      const proof = this.#proofs.get(providerAccountId);
      return proof ? [{ providerAccountId, from: proof.from, readAt: proof.readAt }] : [];
    });
    const accounts = proofs.map(({ providerAccountId, from }) => ({ providerAccountId, from }));
    const changes: PlannedRead = { part: { kind: 'changes', since }, accounts };
    const from = addDays(today, -rereadDays);
    const isDue =
      proofs.some(({ readAt }) => readAt <= rereadBefore) || this.#known.some((each) => this.#isBack(each));
    if (!isDue) {
      return { kind: 'recent', reads: [changes], from, to: null };
    }
    const again = this.#known.map((account) => {
      const { providerAccountId } = account;
      const proved = this.#proofs.get(providerAccountId)?.from ?? from;
      const wasAway = this.#hadOutage() || this.#isBack(account);
      return { providerAccountId, from: max(proved, wasAway ? this.#lastSeen(account, from) : from) };
    });
    // The changes come last: a row that is re-dated while the window's pages are read may be on none of them.
    const reads: readonly PlannedRead[] = [{ part: { kind: 'window', to: null }, accounts: again }, changes];
    return { kind: 'recent', reads, from: again.map((each) => each.from).reduce(min, from), to: null };
  }

  /** It was shared again, and the provider looked at the bank, since it was read: it may show history of any age by now. */
  #hasMoreToShow({ sharedSince }: CoveredAccount, { readAt }: AccountProof): boolean {
    const { refreshedAt } = this.#run;
    return !!sharedSince && isLater(sharedSince, readAt) && (!refreshedAt || isLater(refreshedAt, readAt));
  }

  /** As of when this run reads an account: what the provider did not look at since it was shared again may yet come. */
  #readAtOf(id: string): string {
    const { accounts, begunAt, refreshedAt } = this.#run;
    const since = accounts.find(({ providerAccountId }) => providerAccountId === id)?.sharedSince;
    return since && refreshedAt && isLater(since, refreshedAt) ? refreshedAt : begunAt;
  }

  #hadOutage(): boolean {
    return this.#to !== null && addDays(this.#to, GAP_AFTER_DAYS) <= this.#run.today;
  }

  /** The last proved day, or the last one before that should show a row: without one, nothing tells whether it still does. */
  #lastSeen({ providerAccountId, ledgerId }: CoveredAccount, from: BankDay): BankDay {
    const seenTo = this.#proofs.get(providerAccountId)?.behindSince ?? from;
    return [seenTo, this.#to ?? from, this.#before?.lastRows.get(ledgerId) ?? from].reduce(min, from);
  }

  #behindSince(id: string): BankDay | null {
    return this.#run.accounts.find(({ providerAccountId }) => providerAccountId === id)?.behindSince ?? null;
  }

  /** It was behind when it was last read, and is not any more. */
  #isBack({ providerAccountId, behindSince }: CoveredAccount): boolean {
    return !behindSince && this.#proofs.get(providerAccountId)?.behindSince !== undefined;
  }

  /** Newest days first: they are the ones that people wait for. */
  #planBackfill(): Slice | null {
    const { today, accounts } = this.#run;
    const behind = accounts.flatMap(({ providerAccountId }) => {
      const proved = this.#proofs.get(providerAccountId)?.from ?? null;
      const isBehind = proved === null || proved > this.wantedFrom;
      return isBehind && !this.#unshared.has(providerAccountId) ? [{ providerAccountId, proved }] : [];
    });
    const [first] = behind.toSorted((a, b) =>
      a.proved === null ? -1 : b.proved === null ? 1 : a.proved < b.proved ? 1 : -1,
    );
    if (!first) return null;
    const { proved } = first;
    const from = max(this.wantedFrom, addDays(proved ?? today, -this.#sliceDays));
    const to = proved === null ? null : addDays(proved, -1);
    const read = behind
      .filter((each) => each.proved === proved)
      .map(({ providerAccountId }) => ({ providerAccountId, from }));
    return { kind: 'backfill', reads: [{ part: { kind: 'window', to }, accounts: read }], from, to };
  }

  #recentDone(slice: Slice, { ends }: SliceEnd): void {
    const changes = ends[slice.reads.findIndex(({ part }) => part.kind === 'changes')];
    this.#recent = null;
    if (this.#isProving) {
      this.#provider = changes?.cursor ?? this.#provider;
      this.#to = this.#run.today;
    }
    for (const [n, { accounts }] of slice.reads.entries()) {
      if (!ends[n]?.complete || ends[n].scope !== 'full') continue;
      for (const { providerAccountId, from } of accounts) {
        const proof = this.#proofs.get(providerAccountId);
        const account = this.#run.accounts.find((each) => each.providerAccountId === providerAccountId);
        if (proof && account) {
          const readAt = this.#readAtOf(providerAccountId);
          this.#proofs.set(providerAccountId, caughtUp({ ...proof, readAt }, account));
        }
        this.#readFrom.set(providerAccountId, from);
      }
    }
  }

  #backfillDone({ reads, from, to }: Slice, { ends, readable }: SliceEnd): void {
    const [read] = reads;
    const [end] = ends;
    if (!read || !end?.complete) return;
    if (this.#known.length === 0) {
      if (to === null) this.#to = this.#run.today;
      // The mark lies before all reads of this run, so that each of them could have set it.
      this.#provider = (to === null ? end.cursor : null) ?? this.#provider ?? end.cursor;
    }
    for (const { providerAccountId } of read.accounts) {
      const account = this.#run.accounts.find((each) => each.providerAccountId === providerAccountId);
      if (end.scope !== 'full' || !account) {
        this.#unshared.add(providerAccountId);
        continue;
      }
      const { ledgerId } = account;
      const before = this.#proofs.get(providerAccountId);
      const proof = before ?? { readAt: this.#readAtOf(providerAccountId) };
      this.#proofs.set(providerAccountId, stillBehind({ ...proof, ledgerId, from }, account));
      if (!this.#known.some((known) => known.providerAccountId === providerAccountId)) {
        this.#readFrom.set(providerAccountId, from);
      }
    }
    const days = Math.max(1, daysBetween(from, to ?? this.#run.today));
    const wanted = Math.round((days * SLICE_ROWS) / Math.max(1, readable));
    this.#sliceDays = Math.min(MAX_SLICE_DAYS, Math.max(MIN_SLICE_DAYS, wanted));
  }

  #saw(providerAccountId: string, first: BankDay, last: BankDay): void {
    this.#days.set(providerAccountId, min(this.#days.get(providerAccountId) ?? first, first));
    const ledgerId = this.#ledgerOf(providerAccountId);
    const { today } = this.#run;
    // A row that is announced for a later day proves nothing of the days before.
    if (ledgerId === undefined || first > today) return;
    const latest = min(last, today);
    this.#lastRows.set(ledgerId, max(this.#lastRows.get(ledgerId) ?? latest, latest));
  }

  #ledgerOf(id: string): string | undefined {
    return this.#run.accounts.find(({ providerAccountId }) => providerAccountId === id)?.ledgerId;
  }

  #write(): string {
    return writeCursor({
      from: this.wantedFrom,
      to: this.#to,
      provider: this.#provider,
      accounts: this.#proofs,
      lastRows: this.#lastRows,
      emptyAnswers: this.#emptyAnswers,
    });
  }

  /** What was proved before, and which answers are not believed by now. */
  #withDoubts(): string | null {
    const proved = readCursor(this.#durable);
    if (!proved && this.#emptyAnswers.size === 0) return this.#durable;
    return writeCursor({ ...(proved ?? emptyCursor(this.wantedFrom)), emptyAnswers: this.#emptyAnswers });
  }
}
