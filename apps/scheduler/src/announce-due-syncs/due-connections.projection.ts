import { type ConnectionEvent, healsByItself } from '#domain';
import type { ProjectionModel, Sql } from '#read-model';

export const DUE_CONNECTIONS = 'due_connections';

/** What a change of the connection does to one of the four conditions of being due. */
const changeBy = (event: ConnectionEvent): string | undefined => {
  switch (event.type) {
    case 'ConnectionLinked':
      return 'linked = true, healthy = true';
    case 'UserActionRequired':
      return healsByItself(event.data.owner) ? 'healthy = true' : 'healthy = false';
    case 'ConnectionRecovered':
      return 'healthy = true';
    case 'SyncPaused':
      return 'enabled = false';
    case 'SyncResumed':
      return 'enabled = true';
    case 'ConnectionDisconnected':
      return 'linked = false';
    case 'ConnectionOpened':
    case 'LinkStarted':
    case 'SpareUserMade':
    case 'LinkConfirmed':
    case 'LinkFailed':
    case 'AccountDiscovered':
    case 'AccountTracked':
    case 'AccountIgnored':
    case 'AccountVanished':
    case 'WaitingStarted':
    case 'WaitingEnded':
    case 'RefreshPlanned':
    case 'SilenceNoticed':
    case 'AutomaticRefreshObserved':
    case 'ConsentObserved':
    case 'ConsentExpiring':
    case 'TokenReplaced':
    case 'TokenResealed':
    case 'OtherLinksObserved':
    case 'LinkEnded':
    case 'LinkEndRefused':
    case 'SettingsChanged':
      return undefined;
  }
};

const open = (tx: Sql, schema: string, connectionId: string, enabled: boolean): Promise<number> =>
  tx.execute(
    `INSERT INTO ${schema}.connections (connection_id, enabled) VALUES ($1, $2)
     ON CONFLICT (connection_id) DO UPDATE SET enabled = excluded.enabled, linked = false, healthy = true,
       due_since = NULL`,
    [connectionId, enabled],
  );

/** `due_since`: when all conditions came together; a slot before that moment is not the connection's. */
const change = async (
  tx: Sql,
  schema: string,
  connectionId: string,
  assignments: string,
  at: string,
): Promise<void> => {
  await tx.execute(`UPDATE ${schema}.connections SET ${assignments} WHERE connection_id = $1`, [
    connectionId,
  ]);
  await tx.execute(
    `UPDATE ${schema}.connections
     SET due_since = CASE WHEN linked AND healthy AND enabled THEN coalesce(due_since, $2::timestamptz) END
     WHERE connection_id = $1`,
    [connectionId, at],
  );
};

/** Which connections the schedule serves: linked, healthy, not paused. Derived from their state, so it cannot be lost. */
export const dueConnectionsProjection: ProjectionModel = {
  name: DUE_CONNECTIONS,
  migrations: [
    `CREATE TABLE {schema}.connections (
       connection_id uuid PRIMARY KEY,
       enabled boolean NOT NULL,
       linked boolean NOT NULL DEFAULT false,
       healthy boolean NOT NULL DEFAULT true,
       due_since timestamptz
     );
     CREATE INDEX connections_due ON {schema}.connections (due_since) WHERE due_since IS NOT NULL;`,
  ],
  streamPrefixes: ['connection-'],
  project: async (tx, schema, events) => {
    for (const { type, data, recordedAt } of events) {
      const event = { type, data } as ConnectionEvent;
      if (event.type === 'ConnectionOpened') {
        await open(tx, schema, event.data.connectionId, event.data.syncEnabled);
        continue;
      }
      const assignments = changeBy(event);
      if (assignments) await change(tx, schema, event.data.connectionId, assignments, recordedAt);
    }
  },
};
