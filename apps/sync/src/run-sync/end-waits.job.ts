import { sync } from '#domain';
import { runDecider } from '#event-store';
import { openCircuits } from '#service';
import type { SyncDeps } from '../sync-deps.js';

interface WaitingRun {
  readonly sync_id: string;
  readonly connection_id: string;
  readonly tenant_id: string;
}

/** They have waited for the same bank, and do not come back to it all at once. */
const AT_ONCE = 20;

/**
 * Ends the wait of runs whose bank is left alone no longer: one look found it well, and the others need not wait for the end
 * of a pause that is over. Who waits for which bank is in the log and the history, so that a copy that stops takes nothing
 * with it. Harmless on any number of replicas: the decider ends a wait once.
 */
export class EndWaitsJob {
  readonly #deps: SyncDeps;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  async endWaits(): Promise<void> {
    const { db, clock } = this.#deps;
    const now = clock.now();
    const open = await openCircuits(db);
    const waiting = await db.query<WaitingRun>(
      `SELECT sync_id, connection_id, tenant_id FROM sync_history.runs
       WHERE waits AND opened_at > $1 AND left_alone IS NOT NULL
         AND NOT (left_alone->>'provider', left_alone->>'bank') IN
           (SELECT * FROM unnest($2::text[], $3::text[]))
       ORDER BY opened_at LIMIT ${AT_ONCE}`,
      [now, open.map(({ provider }) => provider), open.map(({ bank }) => bank)],
    );
    for (const { sync_id: syncId, connection_id: connectionId, tenant_id } of waiting) {
      const metadata = this.#deps.metadata(tenant_id);
      await runDecider(this.#deps, sync, connectionId, { type: 'EndWait', syncId, now }, { metadata });
    }
  }
}
