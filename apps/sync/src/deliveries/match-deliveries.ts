import type { ConnectionLinked, ConnectionOpened, NoticeTarget } from '#domain';
import { isUuid } from '#kernel';
import { type ColumnTypes, rowsRelation, type Sql } from '#read-model';
import type { DeliveryRow } from './delivery-row.js';

/** A connection that a delivery is about. */
export interface Match {
  readonly delivery_id: string;
  readonly connection_id: string;
  readonly tenant_id: string;
}

interface Sought {
  readonly delivery_id: string;
  readonly provider: string;
  readonly ours: string | null;
  readonly their_connection: string | null;
  readonly their_user: string | null;
}

const SOUGHT: ColumnTypes<Sought> = {
  delivery_id: 'text',
  provider: 'text',
  ours: 'uuid',
  their_connection: 'text',
  their_user: 'text',
};

/** Our own id decides where it is given, then the provider's connection, then its user. */
const soughtBy = (row: DeliveryRow, target: NoticeTarget): Sought => {
  const ours = target.connectionId;
  const theirs = ours === null ? target.providerConnectionId : null;
  return {
    delivery_id: row.delivery_id,
    provider: row.provider,
    ours: ours !== null && isUuid(ours) ? ours : null,
    their_connection: theirs,
    their_user: ours === null && theirs === null ? target.providerUserId : null,
  };
};

/** Remembers what a provider calls a connection of ours; also of one that is disconnected later, for its late webhooks. */
export const rememberLink = async (
  tx: Sql,
  schema: string,
  event: ConnectionOpened | ConnectionLinked,
): Promise<void> => {
  const { connectionId, tenantId, provider } = event.data;
  const { providerUserId = null, providerConnectionId = null } =
    event.type === 'ConnectionLinked' ? event.data : {};
  await tx.execute(
    `INSERT INTO ${schema}.links AS known VALUES ($1, $2, $3, $4, $5) ON CONFLICT (connection_id) DO UPDATE SET
       provider = excluded.provider,
       provider_user_id = coalesce(excluded.provider_user_id, known.provider_user_id),
       provider_connection_id = coalesce(excluded.provider_connection_id, known.provider_connection_id)`,
    [connectionId, tenantId, provider, providerUserId, providerConnectionId],
  );
};

/** The connections that the notices of these deliveries speak of, by what is linked so far. */
export const matchDeliveries = async (
  tx: Sql,
  schema: string,
  rows: readonly DeliveryRow[],
): Promise<readonly Match[]> => {
  const sought = rows.flatMap((row) => ('target' in row.notice ? soughtBy(row, row.notice.target) : []));
  if (sought.length === 0) return [];
  const { text, params } = rowsRelation(SOUGHT, sought, 'given');
  return tx.query<Match>(
    `WITH sought AS (SELECT * FROM ${text})
     SELECT delivery_id, connection_id, tenant_id FROM sought JOIN ${schema}.links ON connection_id = ours
     UNION ALL
     SELECT delivery_id, connection_id, tenant_id FROM sought s JOIN ${schema}.links l
       ON l.provider = s.provider AND l.provider_connection_id = s.their_connection
     UNION ALL
     SELECT delivery_id, connection_id, tenant_id FROM sought s JOIN ${schema}.links l
       ON l.provider = s.provider AND l.provider_user_id = s.their_user`,
    params,
  );
};
