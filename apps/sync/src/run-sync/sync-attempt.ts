import {
  connection, type KnownAccount, type LedgerContext, type LinkedConnection, type OpenRun, sync, trackedAccounts,
} from '#domain'; // prettier-ignore
import { derivedId, fold, runDecider } from '#event-store';
import { addDays, dayIn } from '#kernel';
import { type ConnectionSnapshot, type FetchStep, observationOf } from '#providers';
import type { SyncDeps } from '../sync-deps.js';
import { AccountImport, StalePages } from './import-account.js';
import type { PageSet, WholeDays } from './page-set.js';
import { ProviderSession } from './provider-session.js';
import type { RunProgress } from './run-progress.js';
import type { Staging } from './staging.js';
import { readCursor, writeCursor } from './sync-cursor.js';
import { accountsHidden, disconnectedMeanwhile, FirstLookPending, nothingTracked } from './sync-problem.js';

/** How often one attempt fetches anew because another run wrote to the same ledger meanwhile. */
const MAX_FETCHES = 5;

/** The run has ended (its deadline, for one) or another worker carries it out by now: what we would still do is not wanted. */
export class AttemptOver extends Error {
  override readonly name = 'AttemptOver';
  constructor(syncId: string, attempt: number) {
    super(`Attempt ${attempt} of run ${syncId} is no longer the one that counts.`);
  }
}

/** A broken connection may list no accounts, which does not mean that they are gone; they cannot be read, though. */
const isShown = ({ providerAccountId }: KnownAccount, { accounts }: ConnectionSnapshot): boolean =>
  accounts.some((each) => each.providerAccountId === providerAccountId);

/** One attempt of one run: look, fetch into staging, decide and append chunk by chunk. */
export class SyncAttempt {
  readonly #deps: SyncDeps;
  readonly #staging: Staging;
  readonly #run: OpenRun;
  readonly #cursorBefore: string | null;
  readonly #progress: RunProgress;
  /** Why the last fetch did not see all there is; a fetch that starts over may. */
  #unfinished = '';

  constructor(
    deps: SyncDeps,
    staging: Staging,
    run: OpenRun,
    cursorBefore: string | null,
    progress: RunProgress,
  ) {
    this.#deps = deps;
    this.#staging = staging;
    this.#run = run;
    this.#cursorBefore = cursorBefore;
    this.#progress = progress;
  }

  /** Resolves when everything that the provider showed is in the log. */
  async carryOut(linked: LinkedConnection): Promise<void> {
    const session = new ProviderSession(this.#deps, linked);
    const snapshot = await session.use((access) => session.provider.describe(access, this.#progress.calls));
    this.#progress.refreshedAt = snapshot.refreshedAt;
    const observed = await this.#observe(linked, snapshot);
    const tracked = trackedAccounts(observed);
    if (tracked.length === 0) throw nothingTracked(observed.problem?.code);
    this.#progress.accounts = tracked;
    this.#judge(snapshot);
    const shown = tracked.filter((account) => isShown(account, snapshot));
    if (shown.length === 0) throw accountsHidden();
    for (let fetches = 1; ; fetches += 1) {
      try {
        await this.#fetchAndImport(session, observed, shown, snapshot);
        return;
      } catch (error) {
        if (!(error instanceof StalePages) || fetches >= MAX_FETCHES) throw error;
      }
    }
  }

  /** A success needs evidence: what speaks against one is a reason for no more than partial. */
  #judge({ refreshedAt, health }: ConnectionSnapshot): void {
    if (refreshedAt === null) {
      const isPatient = this.#run.attempt <= this.#deps.policy.firstLookDelaysMs.length;
      if (isPatient) throw new FirstLookPending('The provider has not finished its first look at the bank.');
      this.#progress.reasons.add('provider.not-refreshed-yet');
    } else if (health.kind !== 'healthy') this.#progress.reasons.add(`provider.${health.code}`);
  }

  async #fetchAndImport(
    session: ProviderSession,
    linked: LinkedConnection,
    tracked: readonly KnownAccount[],
    snapshot: ConnectionSnapshot,
  ): Promise<void> {
    const today = dayIn(this.#deps.policy.timeZone, this.#deps.clock.now());
    const wantedFrom = addDays(today, -linked.syncDaysBack);
    const cursor = readCursor(this.#cursorBefore, wantedFrom);
    this.#progress.windowFrom = cursor.from;
    this.#progress.windowTo = today;
    const imports = new Map(tracked.map((account) => [account, this.#importFor(linked, account)]));
    for (const each of imports.values()) await each.begin();
    const { syncId, attempt } = this.#run;
    const end = await session.use(async (access) => {
      await this.#staging.begin(syncId, attempt);
      this.#progress.pages = 0;
      this.#progress.reasons.delete(this.#unfinished);
      const request = { access, accounts: tracked, from: cursor.from, cursor: cursor.provider };
      for await (const step of session.provider.fetchTransactions(request, this.#progress.calls)) {
        if (step.kind === 'end') return this.#endOfFetch(step);
        this.#progress.pages += 1;
        await this.#staging.add(syncId, attempt, step.items);
        await this.#stopIfUnwanted();
      }
      throw new Error('The provider ended its pages without saying so.');
    });
    for (const [account, each] of imports) {
      const isShared = snapshot.accounts.some(
        (seen) => seen.providerAccountId === account.providerAccountId && seen.status === 'shared',
      );
      const wholeDays =
        end.complete && end.scope === 'full' && isShared ? { from: cursor.from, to: null } : null;
      await this.#importAccount(each, account, wholeDays);
      await this.#observeBalance(each, account, snapshot);
    }
    if (end.complete) {
      this.#progress.cursorAfter = writeCursor({ from: cursor.from, provider: end.cursor });
    }
  }

  #endOfFetch(step: Extract<FetchStep, { kind: 'end' }>) {
    if (!step.complete) {
      this.#unfinished = `fetch.${step.reason ?? 'incomplete'}`;
      this.#progress.reasons.add(this.#unfinished);
    }
    return { complete: step.complete, cursor: step.cursor, scope: step.scope };
  }

  async #importAccount(
    each: AccountImport,
    { providerAccountId }: KnownAccount,
    wholeDays: WholeDays | null,
  ): Promise<void> {
    const { syncId, attempt } = this.#run;
    const pages: PageSet = { syncId, attempt, providerAccountId, wholeDays };
    for await (const rows of this.#staging.chunks(syncId, attempt, providerAccountId)) {
      await this.#stopIfUnwanted();
      await each.importRows(rows, pages, this.#deps.clock.now());
    }
    if (wholeDays) await this.#stopIfUnwanted();
    const doubt = await each.finish(pages, this.#deps.clock.now());
    if (doubt) this.#progress.reasons.add(doubt);
  }

  async #observeBalance(
    each: AccountImport,
    account: KnownAccount,
    snapshot: ConnectionSnapshot,
  ): Promise<void> {
    const shown = snapshot.accounts.find((seen) => seen.providerAccountId === account.providerAccountId);
    if (!shown?.balance || !shown.currency) return;
    await this.#stopIfUnwanted();
    await each.observeBalance(shown.balance, shown.currency, this.#deps.clock.now());
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

  /** After each page and before each append: neither for a connection that is gone, nor for a run that ended or that another worker took over. */
  async #stopIfUnwanted(): Promise<void> {
    const { connectionId, syncId, attempt } = this.#run;
    const [target, runs] = await Promise.all([
      fold(this.#deps, connection, connectionId),
      fold(this.#deps, sync, connectionId),
    ]);
    if (target.state.status !== 'linked') throw disconnectedMeanwhile();
    const { state } = runs;
    if (state.status !== 'open' || state.run.syncId !== syncId || state.run.attempt !== attempt) {
      throw new AttemptOver(syncId, attempt);
    }
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
    const stillFeeds = async (connectionId: string, providerAccountId: string): Promise<boolean> => {
      const state =
        connectionId === linked.connectionId
          ? linked
          : (await fold(this.#deps, connection, connectionId)).state;
      return (
        state.status === 'linked' &&
        trackedAccounts(state).some((each) => each.providerAccountId === providerAccountId)
      );
    };
    return new AccountImport({ db, store, stillFeeds }, context, this.#deps.metadata(linked.tenantId));
  }
}
