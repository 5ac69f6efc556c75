import { connection, CONSENT_WARNED_FROM_DAYS, warnOfConsent } from '#domain';
import { runDecider } from '#event-store';
import { Failures, later } from '#kernel';
import { type LockKeeper, underLock } from '#read-model';
import { type KnownConnection, rowsById } from '#service';
import { CONNECTION_STATUS } from '../connection-rows.js';
import type { ConnectionsDeps } from '../connections-deps.js';

interface Row {
  readonly id: string;
  readonly state: KnownConnection;
}

const LOCK = 'passerelle:warn-of-consents';
const BATCH = 500;
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
    const failures = new Failures();
    for await (const { id, state } of rowsById((after) => this.#ending(after, now), until)) {
      if (state.status !== 'linked' || warnOfConsent(state, now).length === 0) continue;
      await failures.during(() => this.#warn(id, state, now));
    }
    failures.throwAny();
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
