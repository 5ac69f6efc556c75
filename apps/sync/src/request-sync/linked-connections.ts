import type { ConnectionEvent } from '#domain';
import { type Database, type ProjectionModel, waitForPosition } from '#read-model';

const NAME = 'sync_linked_connections';

/** Which connection of ours a provider means by its own ids. */
export const linkedConnectionsProjection: ProjectionModel = {
  name: NAME,
  migrations: [
    `CREATE TABLE {schema}.links (
       connection_id uuid PRIMARY KEY,
       provider text NOT NULL,
       provider_user_id text NOT NULL,
       provider_connection_id text NOT NULL
     );
     CREATE INDEX links_by_provider ON {schema}.links (provider, provider_connection_id);`,
  ],
  // Deliveries write nothing here. They are followed so that the checkpoint keeps pace with them: the webhook reactor waits
  // for it at each delivery, and a feed whose streams are silent learns of the head only now and then.
  streamPrefixes: ['connection-', 'delivery-'],
  project: async (tx, schema, events) => {
    for (const recorded of events) {
      const event = { type: recorded.type, data: recorded.data } as ConnectionEvent;
      if (event.type === 'ConnectionLinked') {
        const { connectionId, provider, providerUserId, providerConnectionId } = event.data;
        await tx.execute(
          `INSERT INTO ${schema}.links VALUES ($1, $2, $3, $4) ON CONFLICT (connection_id) DO UPDATE SET
             provider = excluded.provider, provider_user_id = excluded.provider_user_id,
             provider_connection_id = excluded.provider_connection_id`,
          [connectionId, provider, providerUserId, providerConnectionId],
        );
      }
      if (event.type === 'ConnectionDisconnected') {
        await tx.execute(`DELETE FROM ${schema}.links WHERE connection_id = $1`, [event.data.connectionId]);
      }
    }
  },
};

/** The projection has not yet seen what the log already says. */
export class LinksBehind extends Error {
  override readonly name = 'LinksBehind';
}

/**
 * Our connections that a provider's connection stands for, as of a place in the log.
 * @throws {LinksBehind} the projection did not get there in time; ask again
 */
export const connectionsLinkedTo = async (
  db: Database,
  provider: string,
  providerConnectionId: string,
  asOf: bigint,
): Promise<readonly string[]> => {
  if (!(await waitForPosition(db, NAME, asOf, 10_000))) {
    throw new LinksBehind(`The projection ${NAME} has not reached position ${asOf}.`);
  }
  const rows = await db.query<{ connection_id: string }>(
    `SELECT connection_id FROM ${NAME}.links WHERE provider = $1 AND provider_connection_id = $2
     ORDER BY connection_id`,
    [provider, providerConnectionId],
  );
  return rows.map(({ connection_id }) => connection_id);
};
