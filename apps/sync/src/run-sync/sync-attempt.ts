import {
  connection, type KnownAccount, type LedgerContext, type LinkedConnection, type OpenRun, sync, type SyncState, trackedAccounts,
} from '#domain'; // prettier-ignore
import { derivedId, fold, runDecider } from '#event-store';
import { addDays, dayIn, later } from '#kernel';
import { type ConnectionSnapshot, type FetchStep, observationOf } from '#providers';
import { overdueBy } from '../run-deadline.js';
import type { SyncDeps } from '../sync-deps.js';
import { DaysByAccount } from './days-by-account.js';
import { AccountImport, StalePages } from './import-account.js';
import { DaysInDoubt } from './days-in-doubt.js';
import { judgeEvidence } from './judge-evidence.js';
import { lookAtAccounts, noteAccountProblems, withBehindSince } from './look-at-accounts.js';
import { isInForeignLedger, stillFeeds } from './ledger-feeders.js';
import { LookAtBank } from './look-at-bank.js';
import { ledgerByLedger } from './ledger-by-ledger.js';
import type { PageSet } from './page-set.js';
import { ProviderSession } from './provider-session.js';
import { readAhead } from './read-ahead.js';
import { returnedAccounts } from './returned-accounts.js';
import { RunCoverage, type Slice, type SliceEnd } from './run-coverage.js';
import {
  type FetchEnd,
  firstDaysOf,
  mayAskForDays,
  plannedEnds,
  wholeDaysOf,
  withDays,
} from './slice-days.js';
import { countStaged, noteProblem, type RunProgress } from './run-progress.js';
import { NOTHING_STAGED, type Staging, StagingLost } from './staging.js';
import {
  accountsHidden,
  disconnectedMeanwhile,
  FirstLookPending,
  nothingTracked,
  RunOverdue,
  SyncProblem,
} from './sync-problem.js';

/** How often one slice is fetched anew because another run wrote to the same ledger meanwhile. */
const MAX_FETCHES = 5;
/** Two looks at whether the run is still wanted are no closer: what is decided in between could not have been stopped either. */
const LOOK_EVERY_MS = 200;

/** The run has ended or another worker carries it out by now: what we would still do is not wanted. */
export class AttemptOver extends Error {
  override readonly name = 'AttemptOver';
  constructor(syncId: string, attempt: number) {
    super(`Attempt ${attempt} of run ${syncId} is no longer the one that counts.`);
  }
}

/** A broken connection may list no accounts, which does not mean that they are gone; they cannot be read, though. */
const isShown = ({ providerAccountId }: KnownAccount, { accounts }: ConnectionSnapshot): boolean =>
  accounts.some((each) => each.providerAccountId === providerAccountId);

/** What one attempt is to do, and where it tells how far it came. */
export interface AttemptTask extends Pick<
  SyncState,
  'cursor' | 'linkedAt' | 'firstRequestedAt' | 'lastRefresh' | 'refreshes' | 'provedRefresh'
> {
  readonly run: OpenRun;
  readonly progress: RunProgress;
}

/** One attempt of one run: look, then slice by slice: fetch into staging, decide and append chunk by chunk. */
export class SyncAttempt {
  readonly #deps: SyncDeps;
  readonly #staging: Staging;
  readonly #task: AttemptTask;
  readonly #run: OpenRun;
  readonly #progress: RunProgress;
  readonly #imports = new Map<string, AccountImport>();
  #begunAt = '';
  #slicesDone: number;
  /** Whoever begins an attempt has just seen that it is wanted. */
  #lookedAt = performance.now();
  /** Accounts of which the slice at work has staged anything. */
  readonly #staged = new Set<string>();

  constructor(deps: SyncDeps, staging: Staging, task: AttemptTask) {
    this.#deps = deps;
    this.#staging = staging;
    this.#task = task;
    this.#run = task.run;
    this.#progress = task.progress;
    this.#slicesDone = task.run.slices?.done ?? 0;
  }

  /** Resolves when everything that the provider showed is in the log. */
  async carryOut(linked: LinkedConnection): Promise<void> {
    this.#stopIfOverdue();
    const session = new ProviderSession(this.#deps, linked);
    const { run, lastRefresh } = this.#task;
    const look = new LookAtBank(this.#deps, session, { run, lastRefresh, calls: this.#progress.calls });
    const snapshot = await look.snapshot(linked);
    this.#progress.refreshedAt = snapshot.refreshedAt;
    const looks = lookAtAccounts(snapshot, this.#task.refreshes ?? []);
    this.#progress.accountLooks = looks;
    this.#progress.bankFault = snapshot.health.kind === 'broken' && snapshot.health.owner === 'time';
    const observed = await this.#observe(linked, snapshot);
    const tracked = trackedAccounts(observed);
    if (tracked.length === 0) throw nothingTracked(observed.problem?.code);
    this.#progress.accounts = tracked;
    this.#waitForFirstLook(snapshot);
    const shown = tracked.filter((account) => isShown(account, snapshot));
    if (shown.length === 0) throw accountsHidden();
    judgeEvidence(this.#progress, { snapshot, observed, shown, provedRefresh: this.#task.provedRefresh });
    noteAccountProblems(this.#progress, looks, shown);
    const accounts = await this.#inLedgersOfTheirs(observed, shown);
    const coverage = this.#coverage(linked, observed, accounts);
    for (let slice = coverage.next(); slice; slice = coverage.next()) {
      await this.#carryOutSlice(session, observed, accounts, coverage, slice);
      if (coverage.next()) await this.#tellSlice(slice, coverage);
    }
    await ledgerByLedger(accounts, (account) => this.#observeBalance(observed, account, snapshot));
    this.#tellGaps(accounts, coverage);
    this.#progress.cursorAfter = coverage.cursor;
  }

  async #inLedgersOfTheirs(
    linked: LinkedConnection,
    shown: readonly KnownAccount[],
  ): Promise<readonly KnownAccount[]> {
    const accounts: KnownAccount[] = [];
    for (const account of shown) {
      if (await isInForeignLedger(this.#deps, linked, account)) {
        noteProblem(this.#progress, 'account.ledger-in-use', { accountId: account.trackedAs });
      } else accounts.push(account);
    }
    if (accounts.length === 0) throw new SyncProblem('account.ledger-in-use');
    return accounts;
  }

  #waitForFirstLook({ refreshedAt }: ConnectionSnapshot): void {
    const isPatient = this.#run.attempt <= this.#deps.policy.firstLookDelaysMs.length;
    if (refreshedAt === null && isPatient) {
      throw new FirstLookPending('The provider has not finished its first look at the bank.');
    }
  }

  #coverage(
    before: LinkedConnection,
    { syncDaysBack }: LinkedConnection,
    accounts: readonly KnownAccount[],
  ): RunCoverage {
    const { policy, clock } = this.#deps;
    const begunAt = clock.now();
    this.#begunAt = begunAt;
    const { linkedAt, firstRequestedAt, cursor } = this.#task;
    const today = dayIn(policy.timeZone, begunAt);
    // Until something is proved, the days that were wanted at first are owed, however long the runs have failed since.
    const anchor = cursor === null && firstRequestedAt ? dayIn(policy.timeZone, firstRequestedAt) : today;
    const due = later(begunAt, -policy.fullRereadEveryMs);
    const { timeZone } = policy;
    const coverage = new RunCoverage({
      cursor,
      accounts: withBehindSince(accounts, this.#progress.accountLooks ?? [], { today, timeZone }),
      returned: returnedAccounts(before, accounts),
      today,
      wantedFrom: addDays(anchor < today ? anchor : today, -syncDaysBack),
      begunAt,
      refreshedAt: this.#progress.refreshedAt,
      // A repair may bring back what was missed while the link was broken.
      rereadBefore: linkedAt !== null && linkedAt > due ? linkedAt : due,
      rereadDays: policy.fullRereadDays,
    });
    this.#progress.windowFrom = coverage.wantedFrom;
    this.#progress.windowTo = today;
    this.#progress.cursorAfter = coverage.cursor;
    return coverage;
  }

  async #carryOutSlice(
    session: ProviderSession,
    linked: LinkedConnection,
    tracked: readonly KnownAccount[],
    coverage: RunCoverage,
    slice: Slice,
  ): Promise<void> {
    const wanted = new Set(
      slice.reads.flatMap(({ accounts }) => accounts.map((each) => each.providerAccountId)),
    );
    const accounts = tracked.filter(({ providerAccountId }) => wanted.has(providerAccountId));
    const pagesBefore = this.#progress.pages;
    let asked = slice;
    for (let fetches = 1; ; fetches += 1) {
      this.#progress.pages = pagesBefore;
      try {
        const end = await this.#fetchAndImport(session, linked, accounts, coverage, asked);
        coverage.done(slice, { ...end, ends: plannedEnds(slice, end) });
        return;
      } catch (error) {
        if (error instanceof DaysInDoubt) asked = withDays(asked, error);
        else if (!(error instanceof StalePages) || fetches >= MAX_FETCHES) throw error;
      }
    }
  }

  async #fetchAndImport(
    session: ProviderSession,
    linked: LinkedConnection,
    accounts: readonly KnownAccount[],
    coverage: RunCoverage,
    slice: Slice,
  ): Promise<SliceEnd> {
    const { syncId, attempt } = this.#run;
    const wantedFrom = firstDaysOf(slice);
    await ledgerByLedger(accounts, async (account) => {
      const { providerAccountId } = account;
      const each = this.#importFor(linked, account);
      await each.begin(wantedFrom.get(providerAccountId), this.#imports.get(providerAccountId)?.ownEnd);
      this.#imports.set(providerAccountId, each);
    });
    const days = new DaysByAccount(wantedFrom);
    const currencies = new Map(accounts.map((each) => [each.providerAccountId, each.currency]));
    const ends = await session.use(async (access) => {
      this.#progress.isStaging = true;
      this.#progress.readableSoFar = 0;
      this.#staged.clear();
      await this.#staging.begin(syncId, attempt);
      const read: FetchEnd[] = [];
      for (const { part, accounts: wanted } of slice.reads) {
        const named = wanted.map(({ providerAccountId, from }) => {
          return { providerAccountId, from, currency: currencies.get(providerAccountId) ?? null };
        });
        const { refreshedAt } = this.#progress;
        const request = { access, accounts: named, part, begunAt: this.#begunAt, refreshedAt };
        const steps = session.provider.fetchTransactions(request, this.#progress.calls);
        read.push(await this.#stage(steps, days));
      }
      return read;
    });
    const beliefs = new Map<string, boolean>();
    const doubts: DaysInDoubt['accounts'][number][] = [];
    await ledgerByLedger(accounts, async (account) => {
      const wholeDays = wholeDaysOf(account, slice, ends);
      const { providerAccountId } = account;
      const read = {
        wholeDays,
        mayAskForDays: mayAskForDays(slice, providerAccountId),
        believesEmpty: coverage.believesEmpty(providerAccountId),
      };
      try {
        const isBelieved = await this.#importAccount(account, read);
        if (wholeDays) beliefs.set(providerAccountId, isBelieved);
      } catch (error) {
        if (!(error instanceof DaysInDoubt)) throw error;
        doubts.push(...error.accounts);
      }
    });
    // A bank that issues ids anew does so for all accounts: their days are read together.
    if (doubts.length > 0) throw new DaysInDoubt(doubts);
    const isAsked = this.#staged.size > 0 || beliefs.size > 0;
    const staged = isAsked ? await this.#staging.summary(syncId, attempt) : NOTHING_STAGED;
    if (!staged.isWhole) throw new StagingLost(syncId, attempt);
    countStaged(this.#progress, staged);
    this.#tellIncomplete(accounts, slice, ends);
    return { ends, readable: staged.readable, failed: staged.failed, beliefs, days: days.seen };
  }

  #tellIncomplete(accounts: readonly KnownAccount[], { reads }: Slice, ends: readonly FetchEnd[]): void {
    const names = new Map(accounts.map((each) => [each.providerAccountId, each.trackedAs]));
    for (const [n, end] of ends.entries()) {
      if (end.complete) continue;
      for (const { providerAccountId } of reads[n]?.accounts ?? []) {
        const accountId = names.get(providerAccountId) ?? null;
        noteProblem(this.#progress, `fetch.${end.reason ?? 'incomplete'}`, { accountId });
      }
    }
  }

  /** The next page is fetched while the last one is staged. */
  async #stage(steps: AsyncIterable<FetchStep>, days: DaysByAccount): Promise<FetchEnd> {
    const { syncId, attempt } = this.#run;
    for await (const step of readAhead(steps)) {
      if (step.kind === 'end') return step;
      this.#progress.pages += 1;
      days.add(step.items);
      for (const { providerAccountId } of step.items) this.#staged.add(providerAccountId ?? '');
      await this.#staging.add(syncId, attempt, step.items);
      await this.#stopIfUnwanted();
    }
    throw new Error('The provider ended its pages without saying so.');
  }

  /** The next chunk is read while the log answers for the last one. Resolves to whether the answer is to be believed. */
  async #importAccount(
    { providerAccountId, trackedAs }: KnownAccount,
    read: Pick<PageSet, 'wholeDays' | 'mayAskForDays' | 'believesEmpty'>,
  ): Promise<boolean> {
    const { syncId, attempt } = this.#run;
    const each = this.#imports.get(providerAccountId);
    if (!each) return true;
    const pages: PageSet = { syncId, attempt, providerAccountId, ...read };
    const chunks = this.#staged.has(providerAccountId)
      ? readAhead(this.#staging.chunks(syncId, attempt, providerAccountId))
      : [];
    for await (const rows of chunks) {
      await this.#stopIfUnwanted();
      const held = await each.importRows(rows, pages, this.#deps.clock.now());
      this.#progress.readableSoFar += held;
    }
    if (read.wholeDays) await this.#stopIfUnwanted();
    const doubt = await each.finish(pages, this.#deps.clock.now());
    this.#progress.readableSoFar += each.missed;
    if (doubt) noteProblem(this.#progress, doubt, { accountId: trackedAs });
    return doubt === null;
  }

  /** What is in the log stays proved, whatever becomes of the rest: the next attempt goes on from here. */
  async #tellSlice({ from, to }: Slice, coverage: RunCoverage): Promise<void> {
    const { connectionId, tenantId, syncId, attempt } = this.#run;
    const { readable, failed, failures, pages, calls } = this.#progress;
    this.#slicesDone += 1;
    const command = {
      type: 'CompleteSlice' as const,
      syncId,
      attempt,
      slice: {
        from,
        to,
        readFrom: coverage.readFrom,
        slices: { done: this.#slicesDone, left: coverage.slicesLeft },
        tally: { readable, failed, failures, pages, calls: calls.count },
        cursor: coverage.cursor,
      },
      now: this.#deps.clock.now(),
    };
    const metadata = this.#deps.metadata(tenantId);
    await runDecider(this.#deps, sync, connectionId, command, { metadata });
  }

  #tellGaps(tracked: readonly KnownAccount[], coverage: RunCoverage): void {
    const names = new Map(tracked.map((account) => [account.providerAccountId, account.trackedAs]));
    this.#progress.gaps = coverage.gaps().map(({ providerAccountId, from, to }) => {
      return { accountId: names.get(providerAccountId) ?? providerAccountId, from, to };
    });
    for (const { accountId, from, to } of this.#progress.gaps) {
      noteProblem(this.#progress, 'history.gap', { accountId, parameters: { from, to } });
    }
  }

  async #observeBalance(
    linked: LinkedConnection,
    account: KnownAccount,
    snapshot: ConnectionSnapshot,
  ): Promise<void> {
    const shown = snapshot.accounts.find((seen) => seen.providerAccountId === account.providerAccountId);
    if (!shown?.balance || !shown.currency) return;
    await this.#stopIfUnwanted();
    let each = this.#imports.get(account.providerAccountId) ?? this.#importFor(linked, account);
    for (let tries = 1; ; tries += 1) {
      try {
        await each.observeBalance(shown.balance, shown.currency, this.#deps.clock.now());
        return;
      } catch (error) {
        if (!(error instanceof StalePages) || tries >= MAX_FETCHES) throw error;
        each = this.#importFor(linked, account);
      }
    }
  }

  async #observe(linked: LinkedConnection, snapshot: ConnectionSnapshot): Promise<LinkedConnection> {
    const logId = await this.#deps.store.logId();
    const ledgerIdOf = (identity: readonly string[]) =>
      derivedId('ledger', logId, linked.tenantId, ...identity);
    const command = observationOf(snapshot, linked.opened, ledgerIdOf, this.#deps.clock.now());
    const metadata = this.#deps.metadata(linked.tenantId);
    const { state } = await runDecider(this.#deps, connection, linked.connectionId, command, { metadata });
    if (state.status !== 'linked') throw disconnectedMeanwhile();
    return state;
  }

  /** Nobody else ends a run while its worker writes: what is in the log by now is all that history has to tell of. */
  #stopIfOverdue(): void {
    const { deadlineMs } = this.#deps.policy;
    const now = this.#deps.clock.now();
    if (overdueBy({ since: this.#run.startedAt ?? now, now }, deadlineMs) >= 0)
      throw new RunOverdue(deadlineMs);
  }

  /** After each page and before each append: neither for a connection that is gone, nor for a run that ended or that another worker took over. */
  async #stopIfUnwanted(): Promise<void> {
    this.#stopIfOverdue();
    if (performance.now() - this.#lookedAt < LOOK_EVERY_MS) return;
    const { connectionId, syncId, attempt } = this.#run;
    const lookedAt = performance.now();
    const [target, runs] = await Promise.all([
      fold(this.#deps, connection, connectionId),
      fold(this.#deps, sync, connectionId),
    ]);
    if (target.state.status !== 'linked') throw disconnectedMeanwhile();
    const { state } = runs;
    if (state.status !== 'open' || state.run.syncId !== syncId || state.run.attempt !== attempt) {
      throw new AttemptOver(syncId, attempt);
    }
    this.#lookedAt = lookedAt;
  }

  #importFor(linked: LinkedConnection, account: KnownAccount): AccountImport {
    const context: LedgerContext = {
      tenantId: linked.tenantId,
      companyId: linked.companyId,
      connectionId: linked.connectionId,
      accountId: account.trackedAs ?? linked.opened.accountId,
      ledgerId: account.ledgerId,
      provider: linked.opened.provider,
      syncId: this.#run.syncId,
      trigger: this.#run.trigger,
      windowFrom: this.#progress.windowFrom ?? '',
      windowTo: this.#progress.windowTo ?? '',
    };
    const { db, store } = this.#deps;
    const onAppend = () => void (this.#progress.hasWritten = true);
    return new AccountImport(
      {
        db,
        store,
        stillFeeds: (connectionId, providerAccountId) =>
          stillFeeds(this.#deps, linked, account, { connectionId, providerAccountId }),
        onAppend,
      },
      context,
      this.#deps.metadata(linked.tenantId),
    );
  }
}
