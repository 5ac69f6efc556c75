import {
  isAttended,
  type LinkedConnection,
  type OpenRun,
  type RefreshReport,
  refreshAllowedAt,
  refreshWish,
  sync,
  type SyncState,
} from '#domain';
import { runDecider } from '#event-store';
import type { CallCount, ConnectionSnapshot } from '#providers';
import type { SyncDeps } from '../sync-deps.js';
import type { ProviderSession } from './provider-session.js';

/** The provider looks at the bank because we asked, and has not finished. */
export class RefreshPending extends Error {
  override readonly name = 'RefreshPending';
  constructor(readonly delayMs: number) {
    super('The provider is looking at the bank.');
  }
}

/** What the look of one attempt needs to know of its run. */
export interface LookTask {
  readonly run: OpenRun;
  readonly lastRefresh: SyncState['lastRefresh'];
  readonly calls: CallCount;
}

/** The provider said `before`; whether it has looked since, or says why it could not. */
const hasLooked = (
  { refreshedAt, health }: Pick<ConnectionSnapshot, 'refreshedAt' | 'health'>,
  before: string | null,
) => health.kind === 'broken' || (refreshedAt !== null && (before === null || refreshedAt > before));

/**
 * The connection as it is to be read: where somebody waits and what the provider has is old, after it has looked at the
 * bank. What it said to that wish is in the log, once for a run.
 * @throws {RefreshPending} it is at it, and it is worth coming back
 */
export class LookAtBank {
  readonly #deps: SyncDeps;
  readonly #session: ProviderSession;
  readonly #task: LookTask;

  constructor(deps: SyncDeps, session: ProviderSession, task: LookTask) {
    this.#deps = deps;
    this.#session = session;
    this.#task = task;
  }

  async snapshot(linked: LinkedConnection): Promise<ConnectionSnapshot> {
    const { run, calls } = this.#task;
    const seen = await this.#describe();
    if (run.refresh) return run.refresh.outcome === 'asked' ? this.#unlessPending(seen, run.refresh) : seen;
    const wish = this.#wish(linked, seen);
    if (wish.kind === 'none') return seen;
    if (wish.kind === 'refused') {
      await this.#decide(seen, isAttended(run, this.#deps.clock.now()), { outcome: 'refused', ...wish });
      return seen;
    }
    const { attended } = wish;
    const answer = await this.#session.use((access) =>
      this.#session.provider.refresh(access, { attended }, calls),
    );
    if (answer.kind === 'refused') {
      await this.#decide(seen, attended, { outcome: 'refused', ...answer });
      return seen;
    }
    await this.#decide(seen, attended, { outcome: 'asked', code: null, nextAllowedAt: null });
    const asked = { attempt: run.attempt, refreshedBefore: seen.refreshedAt };
    return this.#unlessPending(
      hasLooked(answer, seen.refreshedAt) ? await this.#describe() : { ...seen, ...answer },
      asked,
    );
  }

  #describe(): Promise<ConnectionSnapshot> {
    const { calls } = this.#task;
    return this.#session.use((access) => this.#session.provider.describe(access, calls));
  }

  #wish({ silentSince }: LinkedConnection, { health, refreshedAt, nextTryAt = null }: ConnectionSnapshot) {
    const { run, lastRefresh } = this.#task;
    const { policy, clock } = this.#deps;
    const facts = {
      isHealthy: health.kind === 'healthy',
      isBusy: health.kind === 'broken' && health.owner === 'time',
      nextTryAt,
      refreshedAt,
      isSilent: Boolean(silentSince),
    };
    return refreshWish(run, lastRefresh, facts, { afterMs: policy.refreshAfterMs, now: clock.now() });
  }

  #unlessPending(
    seen: ConnectionSnapshot,
    { attempt, refreshedBefore }: { readonly attempt: number; readonly refreshedBefore: string | null },
  ): ConnectionSnapshot {
    if (hasLooked(seen, refreshedBefore)) return seen;
    const delayMs = this.#deps.policy.refreshDelaysMs[this.#task.run.attempt - attempt];
    if (delayMs === undefined) return seen;
    throw new RefreshPending(delayMs);
  }

  async #decide(
    { refreshedAt: refreshedBefore }: ConnectionSnapshot,
    attended: boolean,
    { outcome, code, nextAllowedAt }: RefreshReport,
  ): Promise<void> {
    const { connectionId, tenantId, syncId, attempt } = this.#task.run;
    const now = this.#deps.clock.now();
    // A refusal without a time has ours: nobody is told to ask again at once.
    const allowedAt = outcome === 'refused' ? refreshAllowedAt({ decidedAt: now, nextAllowedAt }) : null;
    const refresh = { outcome, code, nextAllowedAt: allowedAt, attended, refreshedBefore };
    const command = { type: 'DecideRefresh' as const, syncId, attempt, refresh, now };
    await runDecider(this.#deps, sync, connectionId, command, { metadata: this.#deps.metadata(tenantId) });
  }
}
