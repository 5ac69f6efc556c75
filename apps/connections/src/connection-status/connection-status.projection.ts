import {
  type AccountLook,
  connection,
  type ConnectionEvent,
  type ConnectionState,
  type LedgerEvent,
  publicStatus,
  type SyncEvent,
} from '#domain';
import type { RecordedEvent } from '#kernel';
import type { ProjectionModel, Sql } from '#read-model';
import type { AccountLooks } from '../account-looks.js';
import { CONNECTION_STATUS } from '../connection-rows.js';

const migrations: readonly string[] = [
  `CREATE TABLE {schema}.connections (
     id uuid PRIMARY KEY,
     tenant_id text NOT NULL,
     status text NOT NULL,
     state jsonb NOT NULL,
     created_at timestamptz NOT NULL,
     updated_at timestamptz NOT NULL,
     last_sync_at timestamptz,
     last_sync_status text
   );
   CREATE INDEX connections_newest ON {schema}.connections (created_at DESC, id DESC);
   CREATE INDEX connections_of_tenant ON {schema}.connections (tenant_id, created_at DESC, id DESC);
   CREATE TABLE {schema}.balances (
     ledger_id uuid PRIMARY KEY,
     balance text NOT NULL,
     currency text NOT NULL
   );`,
  `ALTER TABLE {schema}.connections ADD COLUMN refreshes jsonb NOT NULL DEFAULT '[]';`,
  `ALTER TABLE {schema}.connections ADD COLUMN looks jsonb NOT NULL DEFAULT '{}';`,
  `ALTER TABLE {schema}.connections ADD COLUMN waiting_until timestamptz;`,
];

const loadState = async (tx: Sql, schema: string, id: string): Promise<ConnectionState> => {
  const [row] = await tx.query<{ state: ConnectionState }>(
    `SELECT state FROM ${schema}.connections WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return row?.state ?? connection.initialState;
};

/** The row keeps the decider's own state, less what gives access to the bank. */
const projectConnection = async (
  tx: Sql,
  schema: string,
  event: ConnectionEvent,
  recordedAt: string,
): Promise<void> => {
  const { connectionId, tenantId } = event.data;
  const state = connection.evolve(await loadState(tx, schema, connectionId), event);
  if (state.status === 'none') return;
  const endings = (state.endings ?? []).map((ending) => ({ ...ending, sealedToken: '' }));
  const kept = { ...state, access: null, attempts: [], ownUserIds: [], endings };
  await tx.execute(
    `INSERT INTO ${schema}.connections (id, tenant_id, status, state, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (id) DO UPDATE SET status = excluded.status, state = excluded.state,
       updated_at = excluded.updated_at`,
    [connectionId, tenantId, publicStatus(state), JSON.stringify(kept), recordedAt],
  );
  if (event.type === 'ConnectionLinked') {
    await tx.execute(`UPDATE ${schema}.connections SET refreshes = '[]' WHERE id = $1`, [connectionId]);
  }
};

/** When the provider read the bank, as the runs saw it: the rhythm of this link. */
const REFRESHES_KEPT = 20;

const looksById = (looks: readonly AccountLook[]): AccountLooks =>
  Object.fromEntries(
    looks.map(({ providerAccountId, refreshedAt, problem }) => [providerAccountId, { refreshedAt, problem }]),
  );

/** Until when the open run waits before it begins; `null`: it does not, `undefined`: nothing is said of that. */
const waitingUntil = (event: SyncEvent): string | null | undefined => {
  switch (event.type) {
    case 'SyncRequested':
      return event.data.notBefore;
    case 'SyncJoined':
      return event.data.endsWait ? null : undefined;
    case 'SyncStarted':
      return event.data.attempt === 1 ? null : undefined;
    case 'SyncTimedOut':
      return null;
    case 'SyncQueuedAgain':
    case 'RefreshDecided':
    case 'SyncSliceCompleted':
    case 'SyncCompleted':
    case 'SyncFailed':
      return undefined;
  }
};

const projectWait = async (tx: Sql, schema: string, event: SyncEvent): Promise<void> => {
  const until = waitingUntil(event);
  if (until === undefined) return;
  await tx.execute(
    `UPDATE ${schema}.connections SET waiting_until = $2 WHERE id = $1 AND waiting_until IS DISTINCT FROM $2`,
    [event.data.connectionId, until],
  );
};

const projectSync = async (tx: Sql, schema: string, event: SyncEvent): Promise<void> => {
  await projectWait(tx, schema, event);
  if (event.type !== 'SyncCompleted' && event.type !== 'SyncFailed' && event.type !== 'SyncTimedOut') return;
  const status = event.type === 'SyncCompleted' ? event.data.status : 'failure';
  await tx.execute(
    `UPDATE ${schema}.connections SET last_sync_at = $2, last_sync_status = $3 WHERE id = $1`,
    [event.data.connectionId, event.data.endedAt, status],
  );
  if (event.data.accountLooks) {
    await tx.execute(`UPDATE ${schema}.connections SET looks = $2 WHERE id = $1`, [
      event.data.connectionId,
      JSON.stringify(looksById(event.data.accountLooks)),
    ]);
  }
  if (event.type !== 'SyncCompleted' || !event.data.refreshedAt) return;
  await tx.execute(
    `UPDATE ${schema}.connections SET refreshes =
       CASE WHEN jsonb_array_length(refreshes) < ${REFRESHES_KEPT} THEN refreshes ELSE refreshes - 0 END || to_jsonb($2::text)
     WHERE id = $1 AND NOT refreshes @> to_jsonb($2::text)`,
    [event.data.connectionId, event.data.refreshedAt],
  );
};

const projectLedger = async (tx: Sql, schema: string, event: LedgerEvent): Promise<void> => {
  if (event.type !== 'BalanceObserved') return;
  const { ledgerId, balance, currency } = event.data;
  await tx.execute(
    `INSERT INTO ${schema}.balances VALUES ($1, $2, $3)
     ON CONFLICT (ledger_id) DO UPDATE SET balance = excluded.balance, currency = excluded.currency`,
    [ledgerId, balance, currency],
  );
};

const projectEvent = async (tx: Sql, schema: string, recorded: RecordedEvent): Promise<void> => {
  const { type, data, stream, recordedAt } = recorded;
  if (stream.startsWith('connection-')) {
    return projectConnection(tx, schema, { type, data } as ConnectionEvent, recordedAt);
  }
  if (stream.startsWith('sync-')) return projectSync(tx, schema, { type, data } as SyncEvent);
  return projectLedger(tx, schema, { type, data } as LedgerEvent);
};

/** Every connection as the outside sees it. */
export const connectionStatusProjection: ProjectionModel = {
  name: CONNECTION_STATUS,
  migrations,
  streamPrefixes: ['connection-', 'sync-', 'ledger-'],
  project: async (tx, schema, events) => {
    for (const recorded of events) await projectEvent(tx, schema, recorded);
  },
};
