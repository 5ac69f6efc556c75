import { connection, CONSENT_WARNED_FROM_DAYS, warnOfConsent } from '#domain';
import { runDecider } from '#event-store';
import { errorText, later } from '#kernel';
import { type LockKeeper, underLock } from '#read-model';
import type { KnownConnection } from '#service';
import { CONNECTION_STATUS } from '../connection-rows.js';
import type { ConnectionsDeps } from '../connections-deps.js';

interface Row {
  readonly id: string;
  readonly state: KnownConnection;
}

const LOCK = 'passerelle:warn-of-consents';
const BATCH = 500;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const DAY_MS = 86_400_000;

/** Warns of consents that soon end. The decider warns once, however many look; one process at a time is enough. */
export class WarnOfConsentsJob {
  readonly #deps: ConnectionsDeps;
  readonly #keeper: Pick<LockKeeper, 'tryLock'>;

  constructor(deps: ConnectionsDeps, keeper: Pick<LockKeeper, 'tryLock'>) {
    this.#deps = deps;
    this.#keeper = keeper;
  }

  sweep(stopping?: AbortSignal): Promise<void> {
    return underLock(this.#keeper, LOCK, (until) => this.#warnAll(until), stopping);
  }

  async #warnAll(until: AbortSignal): Promise<void> {
    const now = this.#deps.clock.now();
    const failures: unknown[] = [];
    let after = FIRST_ID;
    while (!until.aborted) {
      const rows = await this.#ending(after, now);
      const due = rows.filter(
        ({ state }) => state.status === 'linked' && warnOfConsent(state, now).length > 0,
      );
      for (const { id, state } of due) {
        if (!until.aborted) await this.#warn(id, state, now).catch((error: unknown) => failures.push(error));
      }
      const last = rows.at(-1);
      if (!last) break;
      after = last.id;
    }
    // One connection that resists must not keep the others from being warned about.
    if (failures.length > 0) throw new AggregateError(failures, failures.map(errorText).join('\n'));
  }

  #ending(after: string, now: string): Promise<readonly Row[]> {
    const from = later(now, CONSENT_WARNED_FROM_DAYS * DAY_MS);
    return this.#deps.db.query<Row>(
      `SELECT id, state FROM ${CONNECTION_STATUS}.connections
       WHERE id > $1 AND (state->>'consentExpiresAt')::timestamptz BETWEEN $2::timestamptz AND $3::timestamptz
         AND status NOT IN ('pending', 'disconnected') ORDER BY id LIMIT ${BATCH}`,
      [after, now, from],
    );
  }

  /** The rows may lag behind: the decider looks at the log. */
  async #warn(connectionId: string, { tenantId }: KnownConnection, now: string): Promise<void> {
    const metadata = this.#deps.metadata(tenantId);
    await runDecider(this.#deps, connection, connectionId, { type: 'WarnOfConsent', now }, { metadata });
  }
}
