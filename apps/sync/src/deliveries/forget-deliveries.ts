import type { Sql } from '#read-model';
import type { DeliveriesForgotten } from '../forgotten-deliveries.js';
import type { DeliveryFate } from './delivery-row.js';
import { deleteMatches } from './write-matches.js';

/** Drops the rows; what was received again, or went on, since its stream was deleted stays. */
export const forgetDeliveries = async (
  tx: Sql,
  schema: string,
  { data }: DeliveriesForgotten,
): Promise<void> => {
  const gone = await tx.query<Pick<DeliveryFate, 'connections' | 'state' | 'position'>>(
    `DELETE FROM ${schema}.deliveries d USING unnest($1::text[], $2::bigint[]) AS given (delivery_id, revision)
     WHERE d.delivery_id = given.delivery_id AND d.revision <= given.revision
     RETURNING d.connections, d.state, d.position`,
    [data.deliveries.map(({ deliveryId }) => deliveryId), data.deliveries.map(({ revision }) => revision)],
  );
  await deleteMatches(tx, schema, gone);
};
