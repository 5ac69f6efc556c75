import {
  connection, type ConnectionState, isAttended, type LinkedConnection, type OpenRun, type RunOutcome, type RunProblem, sync, type SyncCommand, trackedAccounts,
} from '#domain'; // prettier-ignore
import { fold, runDecider } from '#event-store';
import { DomainError } from '#kernel';
import type { ProviderError } from '#providers';
import { Logger } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { NOTHING_WRITTEN, outcomeOf, writtenBy } from '../run-outcome.js';
import { runLock } from '../run-lock.js';
import { SyncDeps } from '../sync-deps.js';
import { rowProblems } from './row-problems.js';
import { countStaged, newProgress, type RunProgress } from './run-progress.js';
import { RunSync, type RunSyncResult } from './run-sync.command.js';
import { Staging } from './staging.js';
import { confirmGone } from './confirm-gone.js';
import { followUpOf, limitOf } from './follow-up.js';
import { RefreshPending } from './look-at-bank.js';
import { BankLeftAlone, isBankFault, reportOfFailure, reportOfSuccess, WatchedBank } from './watched-bank.js';
import { AttemptOver, SyncAttempt } from './sync-attempt.js';
import {
  ConnectionGone,
  connectionProblemOf,
  disconnectedMeanwhile,
  FirstLookPending,
  isPassing,
  problemOf,
  RunOverdue,
} from './sync-problem.js';

const LOOK_AGAIN_MS = 1_000;

const byCode = (a: RunProblem, b: RunProblem): number => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);

@CommandHandler(RunSync)
export class RunSyncHandler implements ICommandHandler<RunSync, RunSyncResult> {
  readonly #logger = new Logger('RunSync');
  readonly #deps: SyncDeps;
  readonly #staging: Staging;

  constructor(deps: SyncDeps, staging: Staging) {
    this.#deps = deps;
    this.#staging = staging;
  }

  async execute(command: RunSync): Promise<RunSyncResult> {
    const lock = await this.#deps.keeper.tryLock(runLock(command.connectionId));
    if (!lock) return { kind: 'busy' };
    try {
      return await this.#start(command);
    } finally {
      await lock.release();
    }
  }

  async #start({ connectionId, syncId }: RunSync): Promise<RunSyncResult> {
    const { state: target } = await fold(this.#deps, connection, connectionId);
    const tenantId = target.status === 'none' ? null : target.tenantId;
    const now = this.#deps.clock.now();
    const started = await this.#decide(connectionId, tenantId, { type: 'StartSync', syncId, now });
    if (started.state.status !== 'open' || started.state.run.syncId !== syncId) {
      await this.#staging.clear(syncId);
      return { kind: 'ended' };
    }
    const { run, ...memory } = started.state;
    if (run.attempt === 0) return { kind: 'waiting', until: run.notBefore ?? now };
    const attended = isAttended(run, now);
    const progress = newProgress(run, attended);
    let bank: WatchedBank | null = null;
    try {
      if (target.status !== 'linked') throw disconnectedMeanwhile();
      bank = await WatchedBank.admit(this.#deps.circuits, target, {
        attended,
        told: run.told === true,
      });
      await new SyncAttempt(this.#deps, this.#staging, { ...memory, run, progress }).carryOut(target);
      await bank.report(reportOfSuccess(progress, memory.provedRefresh));
    } catch (error) {
      return await this.#failed(error, run, progress, target, bank);
    } finally {
      await bank?.report('neutral');
    }
    await this.#complete(run, progress);
    await this.#staging.clear(syncId, run.attempt);
    return { kind: 'ended' };
  }

  async #complete(run: OpenRun, progress: RunProgress): Promise<void> {
    const problems = [...progress.problems, ...rowProblems(progress)].toSorted(byCode);
    const outcome = await this.#outcome(run, progress, problems);
    const reasons = [...new Set(problems.map(({ code }) => code))];
    const status = reasons.length === 0 ? 'success' : 'partial';
    const { syncId, attempt, connectionId, tenantId } = run;
    const now = this.#deps.clock.now();
    await this.#decide(connectionId, tenantId, {
      type: 'CompleteSync',
      syncId,
      attempt,
      status,
      reasons,
      outcome,
      now,
    });
    this.#tell(run, status, outcome);
  }

  /** A passing failure is tried again; one that is for history ends the run; any other is thrown on. */
  async #failed(
    failure: unknown,
    run: OpenRun,
    progress: RunProgress,
    target: ConnectionState,
    bank: WatchedBank | null,
  ): Promise<RunSyncResult> {
    if (failure instanceof AttemptOver) return { kind: 'ended' };
    const error = target.status === 'linked' ? await confirmGone(this.#deps, target, failure) : failure;
    if (error instanceof FirstLookPending) {
      const delayMs = this.#deps.policy.firstLookDelaysMs[run.attempt - 1] ?? 0;
      return { kind: 'later', delayMs, cause: error };
    }
    if (error instanceof RefreshPending) return { kind: 'later', delayMs: error.delayMs, cause: error };
    // Whoever may look, and finds somebody looking, learns in a moment what came of it.
    const mayLook = isAttended(run, this.#deps.clock.now()) || run.told === true;
    if (error instanceof BankLeftAlone && error.isLooking && mayLook && this.#isYoung(run, LOOK_AGAIN_MS))
      return { kind: 'later', delayMs: LOOK_AGAIN_MS, cause: error };
    const isProbe = bank?.isProbe === true && isBankFault(error);
    const delayMs = isPassing(error) && !isProbe ? this.#patience(run, error) : null;
    const problem = problemOf(error);
    if (!problem) throw error;
    const { code, parameters } = problem;
    if (isPassing(error) && delayMs !== null) {
      const failed = { attempt: run.attempt, problem: { code, parameters } };
      return { kind: 'later', delayMs, cause: error, failed };
    }
    if (progress.accounts.length === 0 && target.status === 'linked')
      progress.accounts = trackedAccounts(target);
    if (progress.isStaging) countStaged(progress, await this.#staging.summary(run.syncId, run.attempt));
    const fatal = { code, accountId: null, rowKey: null, count: 1, parameters };
    const outcome = await this.#outcome(run, progress, [
      fatal,
      ...progress.problems,
      ...rowProblems(progress),
    ]);
    if (error instanceof ConnectionGone && target.status === 'linked') await this.#disconnect(target);
    else await this.#blame(error, run);
    const leftAloneUntil = (await bank?.report(reportOfFailure(error))) ?? null;
    const now = this.#deps.clock.now();
    const nextAllowedAt = limitOf(error, leftAloneUntil, now);
    const leftAlone =
      error instanceof BankLeftAlone
        ? error.leftAlone
        : leftAloneUntil === null
          ? undefined
          : bank?.leftAlone;
    const isWanted = target.status === 'linked' && target.syncEnabled;
    const { syncId, attempt } = run;
    const end = { syncId, attempt, errorMessage: problem.message, outcome, now };
    const limit = nextAllowedAt !== null && {
      nextAllowedAt,
      ...(leftAlone && { leftAlone }),
      ...(isWanted && { followUp: followUpOf(run, nextAllowedAt, now) }),
    };
    const command: SyncCommand =
      error instanceof RunOverdue
        ? { type: 'TimeOutSync', ...end }
        : { type: 'FailSync', ...end, errorCode: code, ...limit };
    await this.#decide(run.connectionId, run.tenantId, command);
    await this.#staging.clear(run.syncId, run.attempt);
    this.#tell(run, code, outcome);
    return { kind: 'ended' };
  }

  /** How long to wait before the next attempt; `null` when the run has been open for too long to try again. */
  #patience(run: OpenRun, { options }: ProviderError): number | null {
    const { retryDelaysMs } = this.#deps.policy;
    const usual = retryDelaysMs[Math.min(run.attempt, retryDelaysMs.length) - 1] ?? 0;
    const delayMs = Math.max(usual, options.retryAfterMs ?? 0);
    return this.#isYoung(run, delayMs) ? delayMs : null;
  }

  /** Whether it is worth waiting so long still. */
  #isYoung(run: OpenRun, delayMs: number): boolean {
    const openForMs = Date.parse(this.#deps.clock.now()) - Date.parse(run.startedAt ?? run.requestedAt);
    return openForMs + delayMs <= this.#deps.policy.retryForMs;
  }

  /** Before the run is told to be over: whoever sees its end sees the connection as it is. */
  async #disconnect({ connectionId, tenantId, access }: LinkedConnection): Promise<void> {
    const command = {
      type: 'Disconnect' as const,
      by: 'provider' as const,
      ...(access?.providerConnectionId ? { ifLinkedTo: access.providerConnectionId } : {}),
      now: this.#deps.clock.now(),
    };
    const metadata = this.#deps.metadata(tenantId);
    await runDecider(this.#deps, connection, connectionId, command, { metadata });
  }

  /** A refusal that no repeat can cure is the connection's problem, not only this run's: it shows there until it is cured. */
  async #blame(error: unknown, { connectionId, tenantId }: OpenRun): Promise<void> {
    const problem = connectionProblemOf(error);
    if (!problem) return;
    const command = { type: 'ReportProblem' as const, ...problem, now: this.#deps.clock.now() };
    const metadata = this.#deps.metadata(tenantId);
    try {
      await runDecider(this.#deps, connection, connectionId, command, { metadata });
    } catch (failure) {
      // Disconnected meanwhile: there is nothing left to blame.
      if (!(failure instanceof DomainError)) throw failure;
    }
  }

  /** For operators: which process carried out which run, and what came of it. */
  #tell({ syncId, attempt }: OpenRun, end: string, { counts }: RunOutcome): void {
    const { imported, updated, removed, failed } = counts;
    this.#logger.log(
      `Attempt ${attempt} of run ${syncId} ended (${end}): ${imported} imported, ${updated} updated, ${removed} removed, ${failed} failed`,
    );
  }

  async #outcome(run: OpenRun, progress: RunProgress, problems: readonly RunProblem[]): Promise<RunOutcome> {
    const { db, store } = this.#deps;
    const ledgerIds = progress.accounts.map(({ ledgerId }) => ledgerId);
    const hasWritten = progress.hasWritten || run.attempt > 1;
    const written = hasWritten ? await writtenBy(db, store, run.syncId, ledgerIds) : NOTHING_WRITTEN;
    const { readable, failed, failures } = progress;
    const skipped = Math.max(0, readable - written.imported - written.updated - written.removed);
    return outcomeOf(written, {
      counts: { ...written, skipped, failed },
      failures,
      windowFrom: progress.windowFrom,
      windowTo: progress.windowTo,
      accountIds: [...new Set(progress.accounts.flatMap(({ trackedAs }) => trackedAs ?? []))],
      pages: progress.pages,
      calls: progress.calls.count,
      refreshedAt: progress.refreshedAt,
      ...(progress.accountLooks && { accountLooks: progress.accountLooks }),
      cursorAfter: progress.cursorAfter,
      gaps: progress.gaps,
      problems,
    });
  }

  #decide(connectionId: string, tenantId: string | null, command: SyncCommand) {
    return runDecider(this.#deps, sync, connectionId, command, { metadata: this.#deps.metadata(tenantId) });
  }
}
