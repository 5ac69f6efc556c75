import type { DeliveryConnectionView, DeliveryNoticeView, DeliveryStepView, DeliveryView } from '#contracts';
import type { ProviderNotice } from '#domain';
import type { Database } from '#read-model';
import { DELIVERIES } from '../forgotten-deliveries.js';
import type { DeliveryRow, Step } from './delivery-row.js';

/** Connections by delivery. */
export type ConnectionsOf = ReadonlyMap<string, readonly DeliveryConnectionView[]>;

/** The connections that deliveries are about; `scope` hides other tenants'. */
export const connectionsOf = async (
  db: Database,
  deliveries: readonly Pick<DeliveryRow, 'delivery_id'>[],
  scope: string | null,
): Promise<ConnectionsOf> => {
  const rows = await db.query<{ delivery_id: string; connection_id: string; tenant_id: string }>(
    `SELECT delivery_id, connection_id, tenant_id FROM ${DELIVERIES}.matches
     WHERE delivery_id = ANY($1) AND ($2::text IS NULL OR tenant_id = $2) ORDER BY delivery_id, connection_id`,
    [deliveries.map(({ delivery_id }) => delivery_id), scope],
  );
  const found = new Map<string, DeliveryConnectionView[]>();
  for (const { delivery_id, connection_id: connectionId, tenant_id: tenantId } of rows) {
    const known = found.get(delivery_id);
    if (known) known.push({ connectionId, tenantId });
    else found.set(delivery_id, [{ connectionId, tenantId }]);
  }
  return found;
};

type Fields<View> = { readonly [Name in keyof View]: View[Name] };

export const viewOf = (row: DeliveryRow, connections: ConnectionsOf): Fields<DeliveryView> => ({
  id: row.delivery_id,
  provider: row.provider,
  scheme: row.scheme,
  noticeKind: row.notice.kind,
  receivedAt: row.received_at,
  state: row.state,
  reason: row.reason,
  connections: [...(connections.get(row.delivery_id) ?? [])],
  replays: row.replays,
});

const NO_TARGET = {
  connectionId: null,
  providerUserId: null,
  providerConnectionId: null,
  providerAccountId: null,
};

export const noticeView = (notice: ProviderNotice): DeliveryNoticeView => ({
  kind: notice.kind,
  event: 'event' in notice ? notice.event : null,
  code: 'code' in notice ? notice.code : null,
  change: 'change' in notice ? notice.change : null,
  ...('target' in notice ? notice.target : NO_TARGET),
});

export const stepView = ({ what, at, reason, connectionId, syncId, actor }: Step): DeliveryStepView => ({
  what,
  at,
  reason: reason ?? null,
  connectionId: connectionId ?? null,
  syncId: syncId ?? null,
  actor: actor ?? null,
});
