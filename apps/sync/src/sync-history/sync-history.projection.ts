import type { LeftAlone, SyncContext, SyncEvent, SyncReport } from '#domain';
import { insertRows, type ProjectionModel, type Sql } from '#read-model';
import { SYNC_HISTORY } from '../history-rows.js';
import { endOf, type RunEnd } from '../run-end.js';

export { SYNC_HISTORY };

const migrations: readonly string[] = [
  `CREATE TABLE {schema}.runs (
     sync_id uuid PRIMARY KEY,
     connection_id uuid NOT NULL,
     tenant_id text NOT NULL,
     company_id text NOT NULL,
     trigger text NOT NULL,
     status text NOT NULL,
     queued boolean NOT NULL,
     attempt integer NOT NULL DEFAULT 0,
     created_at timestamptz NOT NULL,
     opened_at timestamptz,
     started_at timestamptz,
     ended_at timestamptz,
     window_from date,
     window_to date,
     imported integer NOT NULL DEFAULT 0,
     updated integer NOT NULL DEFAULT 0,
     removed integer NOT NULL DEFAULT 0,
     skipped integer NOT NULL DEFAULT 0,
     failed integer NOT NULL DEFAULT 0,
     error_code text,
     error_message text,
     report jsonb
   );
   CREATE INDEX runs_of_connection ON {schema}.runs (connection_id, created_at DESC, sync_id DESC);
   CREATE INDEX runs_by_status ON {schema}.runs (connection_id, status, created_at DESC, sync_id DESC);
   CREATE INDEX runs_by_trigger ON {schema}.runs (connection_id, trigger, created_at DESC, sync_id DESC);
   CREATE INDEX open_runs ON {schema}.runs (opened_at) WHERE status = 'pending' AND NOT queued;
   CREATE TABLE {schema}.requests (
     request_id text PRIMARY KEY,
     sync_id uuid NOT NULL
   );`,
  `ALTER TABLE {schema}.runs ADD COLUMN waits boolean NOT NULL DEFAULT false;
   CREATE INDEX waiting_runs ON {schema}.runs (opened_at) WHERE waits;`,
  `ALTER TABLE {schema}.runs ADD COLUMN progress jsonb;`,
  `ALTER TABLE {schema}.runs ADD COLUMN next_allowed_at timestamptz;`,
  `ALTER TABLE {schema}.runs ADD COLUMN left_alone jsonb;`,
];

interface Request {
  readonly request_id: string;
  readonly sync_id: string;
}

const rememberRequests = async (tx: Sql, schema: string, requests: readonly Request[]): Promise<void> => {
  await insertRows(
    tx,
    {
      into: `${schema}.requests`,
      columns: { request_id: 'text', sync_id: 'uuid' },
      onConflict: 'ON CONFLICT (request_id) DO NOTHING',
    },
    requests,
  );
};

interface Opening {
  /** From when on it may be started; `null` while it waits for another to end. */
  readonly openedAt: string | null;
  /** Whether that moment is its own `notBefore`, so that nobody has dispatched it yet. */
  readonly waits: boolean;
  /** Until then nothing but a person starts it. */
  readonly nextAllowedAt?: string | undefined;
  /** The bank whose pause that is. */
  readonly leftAlone?: LeftAlone | undefined;
}

const openRun = async (
  tx: Sql,
  schema: string,
  data: SyncContext & { readonly requestedAt: string; readonly trigger: string },
  { openedAt, waits, nextAllowedAt, leftAlone }: Opening,
): Promise<void> => {
  const { syncId, connectionId, tenantId, companyId, requestedAt, trigger } = data;
  await tx.execute(
    `INSERT INTO ${schema}.runs (sync_id, connection_id, tenant_id, company_id, trigger, status, queued, waits, created_at, opened_at, next_allowed_at, left_alone)
     VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, $9, $10, $11)
     ON CONFLICT (sync_id) DO UPDATE SET queued = excluded.queued, waits = excluded.waits,
       opened_at = excluded.opened_at, trigger = excluded.trigger, next_allowed_at = excluded.next_allowed_at,
       left_alone = excluded.left_alone`,
    [
      syncId,
      connectionId,
      tenantId,
      companyId,
      trigger,
      openedAt === null,
      waits,
      requestedAt,
      openedAt,
      nextAllowedAt ?? null,
      leftAlone ? JSON.stringify(leftAlone) : null,
    ],
  );
};

const endRun = async (
  tx: Sql,
  schema: string,
  data: SyncContext & SyncReport,
  { status, errorCode, errorMessage, problems, evidence, nextAllowedAt }: RunEnd,
): Promise<void> => {
  const { counts, failures, accountIds, pages, calls, refreshedAt, refresh, gaps } = data;
  await tx.execute(
    `UPDATE ${schema}.runs SET status = $2, waits = false, ended_at = $3, started_at = $4, window_from = $5, window_to = $6,
       imported = $7, updated = $8, removed = $9, skipped = $10, failed = $11, error_code = $12, error_message = $13,
       attempt = $14, report = $15, next_allowed_at = $16 WHERE sync_id = $1`,
    [
      data.syncId, status, data.endedAt, data.startedAt, data.windowFrom, data.windowTo, counts.imported,
      counts.updated, counts.removed, counts.skipped, counts.failed, errorCode, errorMessage, data.attempt,
      JSON.stringify({ failures, accountIds, pages, calls, refreshedAt, gaps, refresh, problems, evidence }),
      nextAllowedAt ?? refresh?.nextAllowedAt ?? null,
    ], // prettier-ignore
  );
};

const projectEvent = async (tx: Sql, schema: string, event: SyncEvent, recordedAt: string): Promise<void> => {
  switch (event.type) {
    case 'SyncRequested': {
      const { notBefore, nextAllowedAt, leftAlone } = event.data;
      return openRun(tx, schema, event.data, {
        openedAt: notBefore ?? recordedAt,
        waits: notBefore !== null,
        nextAllowedAt,
        leftAlone,
      });
    }
    case 'SyncQueuedAgain':
      return openRun(tx, schema, event.data, { openedAt: null, waits: false });
    case 'SyncJoined': {
      const { syncId, trigger, endsWait } = event.data;
      const sooner = endsWait ? ', waits = false, opened_at = $3, next_allowed_at = NULL' : '';
      const values = endsWait ? [syncId, trigger, recordedAt] : [syncId, trigger];
      await tx.execute(`UPDATE ${schema}.runs SET trigger = $2${sooner} WHERE sync_id = $1`, values);
      return;
    }
    case 'SyncStarted':
      await tx.execute(
        `UPDATE ${schema}.runs SET attempt = $2, waits = false, next_allowed_at = NULL, started_at = coalesce(started_at, $3) WHERE sync_id = $1`,
        [event.data.syncId, event.data.attempt, event.data.startedAt],
      );
      return;
    case 'RefreshDecided':
      return;
    case 'SyncSliceCompleted': {
      const { syncId, slices, readFrom } = event.data;
      const progress = { slicesDone: slices.done, slices: slices.done + slices.left, from: readFrom };
      await tx.execute(`UPDATE ${schema}.runs SET progress = $2 WHERE sync_id = $1`, [
        syncId,
        JSON.stringify(progress),
      ]);
      return;
    }
    case 'SyncCompleted':
    case 'SyncFailed':
    case 'SyncTimedOut':
      return endRun(tx, schema, event.data, endOf(event));
  }
};

const requestsOf = (event: SyncEvent): readonly Request[] =>
  'causes' in event.data
    ? event.data.causes.map(({ requestId }) => ({ request_id: requestId, sync_id: event.data.syncId }))
    : [];

/** Every run of every connection, with what it did and how it ended. */
export const syncHistoryProjection: ProjectionModel = {
  name: SYNC_HISTORY,
  migrations,
  streamPrefixes: ['sync-'],
  project: async (tx, schema, events) => {
    const requests: Request[] = [];
    for (const { type, data, recordedAt } of events) {
      const event = { type, data } as SyncEvent;
      await projectEvent(tx, schema, event, recordedAt);
      requests.push(...requestsOf(event));
    }
    await rememberRequests(tx, schema, requests);
  },
};
