import {
  type DeliveryConnectionView, type DeliveryNoticeView, deliveryReasonText, type DeliveryStepView, type DeliveryView,
} from '#contracts'; // prettier-ignore
import type { ProviderNotice } from '#domain';
import type { DeliveryRow, Step } from './delivery-row.js';

/** What a list shows of a delivery. */
export type ListedRow = Pick<
  DeliveryRow,
  | 'delivery_id'
  | 'provider'
  | 'position'
  | 'scheme'
  | 'notice'
  | 'received_at'
  | 'state'
  | 'reason'
  | 'connections'
  | 'replays'
>;

export const LISTED_COLUMNS: readonly (keyof ListedRow)[] = [
  'delivery_id',
  'provider',
  'position',
  'scheme',
  'notice',
  'received_at',
  'state',
  'reason',
  'connections',
  'replays',
];

/** The connections that a delivery is about; `scope` hides other tenants'. */
export const connectionsOf = (
  { connections }: Pick<DeliveryRow, 'connections'>,
  scope: string | null,
): DeliveryConnectionView[] =>
  connections
    .filter(({ tenantId }) => scope === null || tenantId === scope)
    .toSorted((a, b) => (a.connectionId < b.connectionId ? -1 : 1));

const textOf = (reason: string | null | undefined): string | null =>
  reason ? deliveryReasonText(reason, 'en') : null;

type Fields<View> = { readonly [Name in keyof View]: View[Name] };

export const viewOf = (row: ListedRow, scope: string | null): Fields<DeliveryView> => ({
  id: row.delivery_id,
  provider: row.provider,
  scheme: row.scheme,
  noticeKind: row.notice.kind,
  receivedAt: row.received_at,
  state: row.state,
  reason: row.reason,
  reasonText: textOf(row.reason),
  connections: connectionsOf(row, scope),
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
  reasonText: textOf(reason),
  connectionId: connectionId ?? null,
  syncId: syncId ?? null,
  actor: actor ?? null,
});
