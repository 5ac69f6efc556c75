import type { DeliveryDetailsView, DeliverySyncView } from '#contracts';
import { DomainError } from '#kernel';
import type { Database } from '#read-model';
import { DELIVERIES } from '../forgotten-deliveries.js';
import type { DeliveryRow, Step } from './delivery-row.js';
import { connectionsOf, noticeView, stepView, viewOf } from './delivery-views.js';

interface RunRow {
  readonly sync_id: string;
  readonly status: DeliverySyncView['status'];
  readonly ended_at: string | null;
  readonly imported: number;
  readonly updated: number;
  readonly removed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly error_code: string | null;
}

const notFound = () =>
  new DomainError('delivery.not-found', 'There is no such delivery, or it was received a moment ago.');

/** One delivery with all that is known of it; `scope` hides what is not about that tenant's connections. */
export const getDelivery = async (
  db: Database,
  deliveryId: string,
  scope: string | null,
): Promise<DeliveryDetailsView> => {
  const [row] = await db.query<DeliveryRow>(`SELECT * FROM ${DELIVERIES}.deliveries WHERE delivery_id = $1`, [
    deliveryId,
  ]);
  if (!row) throw notFound();
  const connections = connectionsOf(row, scope);
  if (scope !== null && connections.length === 0) throw notFound();
  const ours = new Set(connections.map(({ connectionId }) => connectionId));
  const received: Step = { what: 'received', at: row.received_at };
  const history = [received, ...row.history].filter(
    ({ connectionId }) => scope === null || connectionId === undefined || ours.has(connectionId),
  );
  return {
    ...viewOf(row, scope),
    secretFingerprint: row.secret_fingerprint,
    path: row.path,
    signedAt: row.signed_at,
    bodyBytes: row.body_bytes,
    bodySha256: row.body_sha256,
    notice: noticeView(row.notice),
    resolvedAt: row.resolved_at,
    syncs: await syncsOf(db, history),
    history: history.map((step) => hideActor(stepView(step), scope)),
  };
};

/** Another tenant's key may have replayed a delivery that is about both. */
const hideActor = <S extends { readonly actor: string | null }>(step: S, scope: string | null): S =>
  scope === null || step.actor === `api-key:tenant:${scope}` ? step : { ...step, actor: null };

const syncsOf = async (db: Database, history: readonly Step[]): Promise<DeliverySyncView[]> => {
  const applied = history.flatMap(({ syncId, connectionId, requestId }) =>
    syncId !== undefined && connectionId !== undefined && requestId !== undefined
      ? [{ syncId, connectionId, requestId }]
      : [],
  );
  if (applied.length === 0) return [];
  const rows = await db.query<RunRow>(
    `SELECT sync_id, status, ended_at, imported, updated, removed, skipped, failed, error_code
     FROM sync_history.runs WHERE sync_id = ANY($1)`,
    [applied.map(({ syncId }) => syncId)],
  );
  const runs = new Map(rows.map((run) => [run.sync_id, run]));
  // The history of runs is a read model of its own: a run that it does not show yet has only just been requested.
  return applied.map(({ syncId, connectionId, requestId }) => {
    const run = runs.get(syncId);
    return {
      id: syncId,
      connectionId,
      requestId,
      status: run?.status ?? 'pending',
      endedAt: run?.ended_at ?? null,
      transactionsImported: run?.imported ?? 0,
      transactionsUpdated: run?.updated ?? 0,
      transactionsRemoved: run?.removed ?? 0,
      transactionsSkipped: run?.skipped ?? 0,
      transactionsFailed: run?.failed ?? 0,
      errorCode: run?.error_code ?? null,
    };
  });
};
