import type { DeliveryReason } from '#contracts';
import { delivery, type DeliveryCommand, type NoticeTarget, type ProviderNotice } from '#domain';
import { runDecider } from '#event-store';
import { DomainError, type RecordedEvent } from '#kernel';
import { inStoryOf } from '#service';
import type { SyncDeps } from '../sync-deps.js';

/** A delivery, or its replay, that speaks of something: to be acted on. */
export interface Incoming {
  readonly deliveryId: string;
  readonly requestId: string;
  readonly provider: string;
  readonly notice: Extract<ProviderNotice, { readonly target: NoticeTarget }>;
  readonly recorded: RecordedEvent;
}

/** What asking for a sync came to. `applied` is written nowhere else: the run names its causes. */
export type Outcome =
  { readonly kind: 'applied' } | { readonly kind: 'ignored' | 'parked'; readonly reason: DeliveryReason };

const WEIGHT: Readonly<Record<Outcome['kind'], number>> = { applied: 2, ignored: 1, parked: 0 };

/** Of a delivery that means several connections the best outcome counts. */
export const better = (a: Outcome | undefined, b: Outcome): Outcome =>
  a !== undefined && WEIGHT[a.kind] >= WEIGHT[b.kind] ? a : b;

/** A connection that ended wants nothing; one that is not there or not linked yet may still come. */
export const outcomeOfRefusal = ({ code }: DomainError): Outcome => ({
  kind: code === 'connection.disconnected' ? 'ignored' : 'parked',
  reason: code,
});

/**
 * Appends one decision about a delivery, within the story of the event that led to it. Of one that aged out meanwhile there is
 * nothing left to decide: the log shows its reception still, to a reactor that begins anew on an empty database.
 */
export const decideDelivery = async (
  deps: SyncDeps,
  deliveryId: string,
  command: DeliveryCommand,
  cause: RecordedEvent,
): Promise<void> => {
  await inStoryOf(deps.correlation, cause, () =>
    runDecider(deps, delivery, deliveryId, command, { metadata: deps.metadata(null) }),
  ).catch((error: unknown) => {
    if (!(error instanceof DomainError && error.code === 'delivery.not-found')) throw error;
  });
};
