import type { DeliveryConnectionView, DeliveryReason } from '#contracts';
import type { DeliveryEvent, SyncCause, WebhookReceived } from '#domain';
import type { RecordedEvent } from '#kernel';
import type { DeliveryFate, DeliveryRow, Step } from './delivery-row.js';

const REPLAY = /~\d+$/;

const UNRECOGNISED: DeliveryReason = 'notice.unrecognised';

/** The delivery whose request, or whose replay's request, this is. */
export const deliveryOfRequest = (requestId: string): string => requestId.replace(REPLAY, '');

const currentRequest = ({ delivery_id, replays }: DeliveryFate): string =>
  replays === 0 ? delivery_id : `${delivery_id}~${replays}`;

/** What the last request for it, the delivery's own or that of its last replay, led to a run already. */
const isApplied = (row: DeliveryFate): boolean => {
  const requestId = currentRequest(row);
  return row.history.some((step) => step.what === 'applied' && step.requestId === requestId);
};

/** The row of a delivery that was just received, also of one that is received again after it was forgotten. */
export const receivedRow = (data: WebhookReceived['data'], recorded: RecordedEvent): DeliveryRow => {
  const unrecognised = data.notice.kind === 'unrecognised';
  return {
    delivery_id: data.deliveryId,
    provider: data.provider === 'tink' ? 'tink' : 'powens',
    position: recorded.position,
    seen: recorded.position,
    revision: recorded.revision,
    notice: data.notice,
    state: unrecognised ? 'parked' : 'received',
    reason: unrecognised ? UNRECOGNISED : null,
    resolved_at: null,
    replays: 0,
    connections: [],
    history: [],
    scheme: data.scheme,
    secret_fingerprint: data.secretFingerprint,
    path: data.path,
    signed_at: data.signedAt,
    received_at: data.receivedAt,
    body_bytes: data.bodyBytes,
    body_sha256: data.bodySha256,
  };
};

type Later = Exclude<DeliveryEvent, WebhookReceived>;

/** What a later event of its own stream makes of it. What led to a run stays applied, whatever else became of it. */
export const withEvent = <Row extends DeliveryFate>(row: Row, event: Later, recorded: RecordedEvent): Row => {
  const next = { ...row, seen: recorded.position, revision: recorded.revision };
  const outcome = isApplied(row) ? { state: row.state, reason: row.reason } : undefined;
  const and = (step: Step): readonly Step[] => [...row.history, step];
  switch (event.type) {
    case 'WebhookParked': {
      const { reason, parkedAt } = event.data;
      const history = and({ what: 'parked', at: parkedAt, reason });
      return { ...next, state: 'parked', reason, ...outcome, history };
    }
    case 'WebhookIgnored': {
      const { reason, ignoredAt } = event.data;
      const history = and({ what: 'ignored', at: ignoredAt, reason });
      return { ...next, state: 'ignored', reason, ...outcome, history };
    }
    case 'WebhookResolved': {
      const { connectionId, resolvedAt } = event.data;
      const history = and({ what: 'resolved', at: resolvedAt, connectionId });
      return { ...next, state: 'received', reason: null, ...outcome, resolved_at: resolvedAt, history };
    }
    case 'WebhookReplayed': {
      const { requestId, replayedAt, notice } = event.data;
      const { actor } = recorded.metadata;
      const history = and({ what: 'replayed', at: replayedAt, requestId, ...(actor !== null && { actor }) });
      return { ...next, state: 'received', reason: null, notice, replays: row.replays + 1, history };
    }
  }
};

/** A run took its request on. */
export const withRun = <Row extends DeliveryFate>(
  row: Row,
  run: { readonly syncId: string; readonly connectionId: string },
  { requestId }: SyncCause,
  { position, recordedAt }: RecordedEvent,
): Row => {
  const { syncId, connectionId } = run;
  const isKnown = row.history.some((step) => step.syncId === syncId && step.requestId === requestId);
  const step: Step = { what: 'applied', at: recordedAt, requestId, connectionId, syncId };
  const next = { ...row, seen: position, history: isKnown ? row.history : [...row.history, step] };
  return requestId === currentRequest(row) ? { ...next, state: 'applied', reason: null } : next;
};

/** It was found to be about this connection too. */
export const withConnection = <Row extends DeliveryFate>(
  row: Row,
  { connectionId, tenantId }: DeliveryConnectionView,
): Row =>
  row.connections.some((known) => known.connectionId === connectionId)
    ? row
    : { ...row, connections: [...row.connections, { connectionId, tenantId }] };
