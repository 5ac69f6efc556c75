import { DELIVERY_STATES, type DeliveryStateName, PROVIDERS } from '#contracts';
import { delivery } from '#domain';
import { WrongExpectedRevision } from '#event-store';
import { later, streamOf } from '#kernel';
import { underLock, waitForPosition } from '#read-model';
import { DELIVERIES, type DeliveriesForgotten, FORGOTTEN_STREAM } from '../forgotten-deliveries.js';
import { inParallel } from '../in-parallel.js';
import type { SyncDeps } from '../sync-deps.js';

interface OldDelivery {
  readonly delivery_id: string;
  readonly position: bigint;
  readonly revision: bigint;
  readonly state: DeliveryStateName;
}

/** How many deliveries of each state were forgotten. */
export type Forgotten = ReadonlyMap<DeliveryStateName, number>;

const LOCK = 'passerelle:age-out-deliveries';
const BATCH = 500;
/** Deletions under way at once. */
const AT_ONCE = 8;
const PROJECTED_WITHIN_MS = 30_000;
const DAY_MS = 86_400_000;

/**
 * Forgets deliveries that are older than the retention: first their streams, then an event in the log that says so, and the
 * projection of that event drops the rows. A crash in between leaves rows whose streams are gone: the next sweep finds the
 * same rows, deletes again, which is harmless, and goes on. Until its stream is deleted a delivery is recognised when it
 * comes again; afterwards it is a new one.
 *
 * A `$maxAge` on each stream would need no job, but a second write, of metadata, for each delivery while a provider waits,
 * and none of its streams would ever be known to be empty.
 */
export class AgeOutDeliveriesJob {
  readonly #deps: SyncDeps;
  readonly #retentionMs: number;
  readonly #report: (forgotten: Forgotten) => void;

  /** @param report told after each batch what is gone: what was never acted on must not vanish silently */
  constructor(deps: SyncDeps, retentionDays: number, report: (forgotten: Forgotten) => void) {
    this.#deps = deps;
    this.#retentionMs = retentionDays * DAY_MS;
    this.#report = report;
  }

  /** Forgets all that is too old by now, batch by batch, on one process at a time; ends after a batch once asked to. */
  sweep(stopping?: AbortSignal): Promise<void> {
    return underLock(this.#deps.keeper, LOCK, (until) => this.#forgetBatches(until), stopping);
  }

  async #forgetBatches(until: AbortSignal): Promise<void> {
    const before = later(this.#deps.clock.now(), -this.#retentionMs);
    let after = 0n;
    while (!until.aborted) {
      const old = await this.#oldest(after, before);
      const last = old.at(-1);
      if (!last) return;
      const deleted = await this.#deleteStreams(old);
      if (deleted.length > 0 && !(await this.#forget(deleted))) return;
      after = last.position;
    }
  }

  /** The next ones in the order of the log, which is that of their age; each branch reads one stretch of the one index. */
  #oldest(after: bigint, before: string): Promise<readonly OldDelivery[]> {
    return this.#deps.db.query<OldDelivery>(
      `SELECT delivery_id, position, revision, state FROM (
         SELECT oldest.* FROM unnest($1::text[]) AS p (provider) CROSS JOIN unnest($2::text[]) AS s (state)
         CROSS JOIN LATERAL (
           SELECT delivery_id, position, revision, d.state, received_at FROM ${DELIVERIES}.deliveries d
           WHERE d.provider = p.provider AND d.state = s.state AND position > $3 ORDER BY position LIMIT ${BATCH}) AS oldest
         ORDER BY position LIMIT ${BATCH}) AS next
       WHERE received_at < $4 ORDER BY position`,
      [PROVIDERS, DELIVERY_STATES, after, before],
    );
  }

  async #deleteStreams(old: readonly OldDelivery[]): Promise<readonly OldDelivery[]> {
    const deleted: OldDelivery[] = [];
    await inParallel(old, AT_ONCE, async (one) => {
      if (await this.#deleteStream(one)) deleted.push(one);
    });
    return deleted;
  }

  /** `false`: something happened to it that its row does not show yet, such as a replay; the next sweep looks again. */
  async #deleteStream({ delivery_id, revision }: OldDelivery): Promise<boolean> {
    try {
      await this.#deps.store.deleteStream(streamOf(delivery.category, delivery_id), revision);
      return true;
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return false;
      throw error;
    }
  }

  /** `false`: the rows are not dropped yet, and the next batch would be the same one. */
  async #forget(deleted: readonly OldDelivery[]): Promise<boolean> {
    const { store, db, clock } = this.#deps;
    const deliveries = deleted.map((one) => ({
      deliveryId: one.delivery_id,
      revision: String(one.revision),
    }));
    const event: DeliveriesForgotten = {
      type: 'DeliveriesForgotten',
      data: { deliveries, forgottenAt: clock.now() },
    };
    const news = [{ ...event, metadata: this.#deps.metadata(null) }];
    const { position } = await store.append(FORGOTTEN_STREAM, await this.#lastRevision(), news);
    this.#report(countByState(deleted));
    return waitForPosition(db, DELIVERIES, position, PROJECTED_WITHIN_MS);
  }

  async #lastRevision(): Promise<bigint | 'no-stream'> {
    const newest = { direction: 'backwards', maxCount: 1 } as const;
    for await (const { revision } of this.#deps.store.readStream(FORGOTTEN_STREAM, newest)) return revision;
    return 'no-stream';
  }
}

const countByState = (deliveries: readonly OldDelivery[]): Forgotten => {
  const counts = new Map<DeliveryStateName, number>();
  for (const { state } of deliveries) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
};
