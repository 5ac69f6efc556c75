import type {
  ConnectionEvent,
  DeliveryEvent,
  WebhookParked,
  WebhookReceived,
  WebhookReplayed,
} from '#domain';
import type { RecordedEvent } from '#kernel';
import { insertRows, type ProjectionModel, type Sql } from '#read-model';
import { type DeliveriesForgotten, FORGOTTEN_CATEGORY } from '../forgotten-deliveries.js';

export const LINKED_CONNECTIONS = 'sync_linked_connections';

const linked = async (tx: Sql, schema: string, event: ConnectionEvent): Promise<void> => {
  if (event.type === 'ConnectionLinked') {
    const { connectionId, provider, providerUserId, providerConnectionId } = event.data;
    await tx.execute(
      `INSERT INTO ${schema}.links VALUES ($1, $2, $3, $4, false)
       ON CONFLICT (connection_id, provider, provider_connection_id)
       DO UPDATE SET provider_user_id = excluded.provider_user_id, ended = false`,
      [connectionId, provider, providerUserId, providerConnectionId],
    );
    // What was linked after the notice lives.
    await tx.execute(
      `DELETE FROM ${schema}.deletions WHERE provider = $1 AND (provider_connection_id = $2 OR provider_user_id = $3)`,
      [provider, providerConnectionId, providerUserId],
    );
  }
  if (event.type === 'ConnectionDisconnected') {
    await tx.execute(`UPDATE ${schema}.links SET ended = true WHERE connection_id = $1`, [
      event.data.connectionId,
    ]);
  }
};

const PARKED_COLUMNS = {
  delivery_id: 'text',
  request_id: 'text',
  provider: 'text',
  connection_id: 'text',
  provider_user_id: 'text',
  provider_connection_id: 'text',
  revision: 'bigint',
} as const;

const park = async (
  tx: Sql,
  schema: string,
  { data }: WebhookParked,
  { revision }: RecordedEvent,
): Promise<void> => {
  const { deliveryId, requestId, provider, target } = data;
  const row = {
    delivery_id: deliveryId,
    request_id: requestId,
    provider,
    connection_id: target.connectionId,
    provider_user_id: target.providerUserId,
    provider_connection_id: target.providerConnectionId,
    revision,
  };
  // A webhook names its target in whatever text it likes: the row is cleaned of what PostgreSQL cannot hold.
  const onConflict =
    'ON CONFLICT (delivery_id) DO UPDATE SET request_id = excluded.request_id, revision = excluded.revision';
  await insertRows(tx, { into: `${schema}.parked`, columns: PARKED_COLUMNS, onConflict }, [row]);
};

const forget = async (tx: Sql, schema: string, deliveryId: string): Promise<void> => {
  await tx.execute(`DELETE FROM ${schema}.parked WHERE delivery_id = $1`, [deliveryId]);
};

const DELETION_COLUMNS = {
  delivery_id: 'text',
  provider: 'text',
  provider_user_id: 'text',
  provider_connection_id: 'text',
  revision: 'bigint',
} as const;

type Told = (WebhookReceived | WebhookReplayed)['data'];

const isDeletion = ({ notice: { kind } }: Told): boolean =>
  kind === 'connection-deleted' || kind === 'user-deleted';

const noteDeletion = async (
  tx: Sql,
  schema: string,
  { deliveryId, provider, notice }: Told,
  { revision }: RecordedEvent,
): Promise<void> => {
  if (notice.kind !== 'connection-deleted' && notice.kind !== 'user-deleted') return;
  const { providerUserId, providerConnectionId } = notice.target;
  const row = {
    delivery_id: deliveryId,
    provider,
    // A deleted connection says nothing of its user.
    provider_user_id: notice.kind === 'user-deleted' ? providerUserId : null,
    provider_connection_id: providerConnectionId,
    revision,
  };
  const onConflict = 'ON CONFLICT (delivery_id) DO UPDATE SET revision = excluded.revision';
  await insertRows(tx, { into: `${schema}.deletions`, columns: DELETION_COLUMNS, onConflict }, [row]);
};

/** Those that aged out are matched by nothing any more; what was received again since has a greater revision. */
const forgetOld = async (tx: Sql, schema: string, { data }: DeliveriesForgotten): Promise<void> => {
  const ids = data.deliveries.map(({ deliveryId }) => deliveryId);
  const revisions = data.deliveries.map(({ revision }) => revision);
  for (const table of ['parked', 'deletions']) {
    await tx.execute(
      `DELETE FROM ${schema}.${table} kept USING unnest($1::text[], $2::bigint[]) AS given (delivery_id, revision)
       WHERE kept.delivery_id = given.delivery_id AND kept.revision <= given.revision`,
      [ids, revisions],
    );
  }
};

const parked = async (
  tx: Sql,
  schema: string,
  event: DeliveryEvent,
  recorded: RecordedEvent,
): Promise<void> => {
  switch (event.type) {
    case 'WebhookReceived':
      return noteDeletion(tx, schema, event.data, recorded);
    case 'WebhookParked':
      return park(tx, schema, event, recorded);
    case 'WebhookIgnored':
    case 'WebhookResolved':
      return forget(tx, schema, event.data.deliveryId);
    case 'WebhookReplayed':
      await noteDeletion(tx, schema, event.data, recorded);
      return forget(tx, schema, event.data.deliveryId);
  }
};

const WRITTEN: ReadonlySet<string> = new Set<(ConnectionEvent | DeliveryEvent | DeliveriesForgotten)['type']>(
  [
    'ConnectionLinked',
    'ConnectionDisconnected',
    'WebhookParked',
    'WebhookIgnored',
    'WebhookResolved',
    'WebhookReplayed',
    'DeliveriesForgotten',
  ],
);

/** Whether it writes anything; most deliveries do not. */
const isOfInterest = ({ type, data }: RecordedEvent): boolean => {
  const event = { type, data } as ConnectionEvent | DeliveryEvent | DeliveriesForgotten;
  return event.type === 'WebhookReceived' ? isDeletion(event.data) : WRITTEN.has(event.type);
};

/**
 * Which connections of ours a provider means by its own ids, the deliveries that nothing of ours matched yet, and what the
 * provider told to be deleted. A link that ended is kept: what comes late for it is known to be for nobody any more.
 */
export const linkedConnectionsProjection: ProjectionModel = {
  name: LINKED_CONNECTIONS,
  migrations: [
    `CREATE TABLE {schema}.links (
       connection_id uuid PRIMARY KEY,
       provider text NOT NULL,
       provider_user_id text NOT NULL,
       provider_connection_id text NOT NULL
     );
     CREATE INDEX links_by_provider ON {schema}.links (provider, provider_connection_id);`,
    `ALTER TABLE {schema}.links ADD COLUMN ended boolean NOT NULL DEFAULT false;
     ALTER TABLE {schema}.links DROP CONSTRAINT links_pkey;
     ALTER TABLE {schema}.links ADD PRIMARY KEY (connection_id, provider, provider_connection_id);
     CREATE INDEX links_by_user ON {schema}.links (provider, provider_user_id);
     CREATE TABLE {schema}.parked (
       delivery_id text PRIMARY KEY,
       request_id text NOT NULL,
       provider text NOT NULL,
       connection_id text,
       provider_user_id text,
       provider_connection_id text
     );
     CREATE INDEX parked_by_connection ON {schema}.parked (connection_id) WHERE connection_id IS NOT NULL;
     CREATE INDEX parked_by_provider ON {schema}.parked (provider, provider_connection_id);
     CREATE INDEX parked_by_user ON {schema}.parked (provider, provider_user_id) WHERE provider_connection_id IS NULL;`,
    `CREATE TABLE {schema}.deletions (
       delivery_id text PRIMARY KEY,
       provider text NOT NULL,
       provider_user_id text,
       provider_connection_id text
     );
     CREATE INDEX deletions_by_connection ON {schema}.deletions (provider, provider_connection_id);
     CREATE INDEX deletions_by_user ON {schema}.deletions (provider, provider_user_id);`,
    `ALTER TABLE {schema}.parked ADD COLUMN revision bigint NOT NULL DEFAULT 0;
     ALTER TABLE {schema}.deletions ADD COLUMN revision bigint NOT NULL DEFAULT 0;`,
  ],
  // Most deliveries write nothing here. They are followed all the same so that the checkpoint keeps pace with them: the
  // webhook reactor waits for it at each batch, and a feed whose streams are silent learns of the head only now and then.
  streamPrefixes: ['connection-', 'delivery-', `${FORGOTTEN_CATEGORY}-`],
  isOfInterest,
  project: async (tx, schema, events) => {
    for (const recorded of events) {
      const event = { type: recorded.type, data: recorded.data } as
        ConnectionEvent | DeliveryEvent | DeliveriesForgotten;
      if (event.type === 'DeliveriesForgotten') await forgetOld(tx, schema, event);
      else if (recorded.stream.startsWith('connection-')) await linked(tx, schema, event as ConnectionEvent);
      else await parked(tx, schema, event as DeliveryEvent, recorded);
    }
  },
};
