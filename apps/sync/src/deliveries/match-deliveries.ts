import type { DeliveryConnectionView } from '#contracts';
import type { ConnectionLinked, ConnectionOpened, NoticeTarget } from '#domain';
import { isUuid } from '#kernel';
import { type ColumnTypes, rowsRelation, type Sql } from '#read-model';
import type { DeliveryFate } from './delivery-row.js';

/** A connection that a delivery is about. */
export interface Match extends DeliveryConnectionView {
  readonly delivery_id: string;
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
const soughtBy = (row: DeliveryFate, target: NoticeTarget): Sought => {
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

/** Remembers whose a connection is. */
export const rememberConnection = async (
  tx: Sql,
  schema: string,
  { data }: ConnectionOpened,
): Promise<void> => {
  await tx.execute(
    `INSERT INTO ${schema}.connections VALUES ($1, $2)
     ON CONFLICT (connection_id) DO UPDATE SET tenant_id = excluded.tenant_id`,
    [data.connectionId, data.tenantId],
  );
};

/** Remembers what a provider calls a connection; for good, because webhooks may come after a link has ended. */
export const rememberLink = async (tx: Sql, schema: string, { data }: ConnectionLinked): Promise<void> => {
  await tx.execute(
    `INSERT INTO ${schema}.links VALUES ($1, $2, $3, $4)
     ON CONFLICT (connection_id, provider, provider_connection_id)
     DO UPDATE SET provider_user_id = excluded.provider_user_id`,
    [data.connectionId, data.provider, data.providerConnectionId, data.providerUserId],
  );
};

/** The connections that the notices of these deliveries speak of, by what is linked so far. */
export const matchDeliveries = async (
  tx: Sql,
  schema: string,
  rows: readonly DeliveryFate[],
): Promise<readonly Match[]> => {
  const sought = rows.flatMap((row) => ('target' in row.notice ? soughtBy(row, row.notice.target) : []));
  if (sought.length === 0) return [];
  const { text, params } = rowsRelation(SOUGHT, sought, 'given');
  return tx.query<Match>(
    `WITH sought AS (SELECT * FROM ${text}),
     found AS (
       SELECT delivery_id, ours AS connection_id FROM sought WHERE ours IS NOT NULL
       UNION
       SELECT delivery_id, connection_id FROM sought s JOIN ${schema}.links l
         ON l.provider = s.provider AND l.provider_connection_id = s.their_connection
       UNION
       SELECT delivery_id, connection_id FROM sought s JOIN ${schema}.links l
         ON l.provider = s.provider AND l.provider_user_id = s.their_user)
     SELECT delivery_id, connection_id AS "connectionId", tenant_id AS "tenantId"
     FROM found JOIN ${schema}.connections USING (connection_id) ORDER BY delivery_id, connection_id`,
    params,
  );
};
