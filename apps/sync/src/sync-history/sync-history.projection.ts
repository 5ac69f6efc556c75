import type { SyncContext, SyncEvent, SyncReport } from '#domain';
import type { ProjectionModel, Sql } from '#read-model';
import { partialText } from '../partial-text.js';

export const SYNC_HISTORY = 'sync_history';

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
];

const rememberRequest = (tx: Sql, schema: string, requestId: string, syncId: string): Promise<number> =>
  tx.execute(`INSERT INTO ${schema}.requests VALUES ($1, $2) ON CONFLICT (request_id) DO NOTHING`, [
    requestId,
    syncId,
  ]);

const openRun = async (
  tx: Sql,
  schema: string,
  data: SyncContext & { readonly requestedAt: string },
  trigger: string,
  /** When it became the open run; `null` while it waits for another to end. */
  openedAt: string | null,
): Promise<void> => {
  const { syncId, connectionId, tenantId, companyId, requestedAt } = data;
  await tx.execute(
    `INSERT INTO ${schema}.runs (sync_id, connection_id, tenant_id, company_id, trigger, status, queued, created_at, opened_at)
     VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8)
     ON CONFLICT (sync_id) DO UPDATE SET queued = excluded.queued, opened_at = excluded.opened_at,
       trigger = CASE WHEN excluded.queued AND excluded.trigger <> 'manual' THEN runs.trigger ELSE excluded.trigger END`,
    [syncId, connectionId, tenantId, companyId, trigger, openedAt === null, requestedAt, openedAt],
  );
};

interface Ending {
  readonly status: 'success' | 'partial' | 'failure';
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

const endRun = async (
  tx: Sql,
  schema: string,
  data: SyncContext & SyncReport,
  { status, errorCode, errorMessage }: Ending,
): Promise<void> => {
  const { counts, failures, accountIds, pages, calls, refreshedAt } = data;
  await tx.execute(
    `UPDATE ${schema}.runs SET status = $2, ended_at = $3, started_at = $4, window_from = $5, window_to = $6,
       imported = $7, updated = $8, removed = $9, skipped = $10, failed = $11, error_code = $12, error_message = $13,
       attempt = $14, report = $15 WHERE sync_id = $1`,
    [
      data.syncId, status, data.endedAt, data.startedAt, data.windowFrom, data.windowTo, counts.imported,
      counts.updated, counts.removed, counts.skipped, counts.failed, errorCode, errorMessage, data.attempt,
      JSON.stringify({ failures, accountIds, pages, calls, refreshedAt }),
    ], // prettier-ignore
  );
};

const projectEvent = async (tx: Sql, schema: string, event: SyncEvent, recordedAt: string): Promise<void> => {
  switch (event.type) {
    case 'SyncRequested':
      await openRun(tx, schema, event.data, event.data.trigger, recordedAt);
      for (const { requestId } of event.data.causes) {
        await rememberRequest(tx, schema, requestId, event.data.syncId);
      }
      return;
    case 'SyncQueuedAgain':
      await openRun(tx, schema, event.data, event.data.cause.trigger, null);
      await rememberRequest(tx, schema, event.data.cause.requestId, event.data.syncId);
      return;
    case 'SyncStarted':
      await tx.execute(
        `UPDATE ${schema}.runs SET attempt = $2, started_at = coalesce(started_at, $3) WHERE sync_id = $1`,
        [event.data.syncId, event.data.attempt, event.data.startedAt],
      );
      return;
    case 'SyncCompleted': {
      const { status, reasons } = event.data;
      const [errorCode = null] = reasons;
      const errorMessage = reasons.length > 0 ? partialText(reasons, event.data) : null;
      return endRun(tx, schema, event.data, { status, errorCode, errorMessage });
    }
    case 'SyncFailed':
    case 'SyncTimedOut': {
      const { errorCode, errorMessage } = event.data;
      return endRun(tx, schema, event.data, { status: 'failure', errorCode, errorMessage });
    }
  }
};

/** Every run of every connection, with what it did and how it ended. */
export const syncHistoryProjection: ProjectionModel = {
  name: SYNC_HISTORY,
  migrations,
  streamPrefixes: ['sync-'],
  project: async (tx, schema, events) => {
    for (const { type, data, recordedAt } of events) {
      await projectEvent(tx, schema, { type, data } as SyncEvent, recordedAt);
    }
  },
};
