import { connection, LEAST_SILENCE_MS, silentSince } from '#domain';
import { runDecider } from '#event-store';
import { Failures } from '#kernel';
import { type LockKeeper, underLock } from '#read-model';
import { rowsById } from '#service';
import { CONNECTION_STATUS } from '../connection-rows.js';
import type { ConnectionsDeps } from '../connections-deps.js';

interface Row {
  readonly id: string;
  readonly tenant_id: string;
  readonly refreshes: readonly string[];
  readonly last_sync_at: string;
}

const LOCK = 'passerelle:notice-silence';
const BATCH = 500;

/** Notices connections that are well by the provider's word, and bring nothing: against the rhythm that each had until then. */
export class NoticeSilenceJob {
  readonly #deps: ConnectionsDeps;
  readonly #keeper: Pick<LockKeeper, 'tryLock'>;

  constructor(deps: ConnectionsDeps, keeper: Pick<LockKeeper, 'tryLock'>) {
    this.#deps = deps;
    this.#keeper = keeper;
  }

  sweep(stopping?: AbortSignal): Promise<void> {
    return underLock(this.#keeper, LOCK, (until) => this.#noticeAll(until), stopping);
  }

  async #noticeAll(until: AbortSignal): Promise<void> {
    const failures = new Failures();
    for await (const row of rowsById((after) => this.#late(after), until)) {
      await failures.during(() => this.#judge(row));
    }
    failures.throwAny();
  }

  /** Looked at by a run that ended in order, and by then nothing new for days. */
  #late(after: string): Promise<readonly Row[]> {
    return this.#deps.db.query<Row>(
      `SELECT id, tenant_id, refreshes, last_sync_at FROM ${CONNECTION_STATUS}.connections
       WHERE id > $1 AND status = 'active' AND last_sync_status IN ('success', 'partial')
         AND last_sync_at - (refreshes->>-1)::timestamptz > $2 * interval '1 millisecond' ORDER BY id LIMIT ${BATCH}`,
      [after, LEAST_SILENCE_MS],
    );
  }

  async #judge({ id, tenant_id: tenantId, refreshes, last_sync_at: lookedAt }: Row): Promise<void> {
    const refreshedAt = silentSince(refreshes, lookedAt);
    if (refreshedAt === null) return;
    const command = { type: 'NoticeSilence' as const, refreshedAt, now: this.#deps.clock.now() };
    await runDecider(this.#deps, connection, id, command, { metadata: this.#deps.metadata(tenantId) });
  }
}
