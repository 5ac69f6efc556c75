import { ownerAndWords, type Page, type SyncView } from '#contracts';
import type { RefreshReport, RunProblem } from '#domain';
import { DomainError, isUuid } from '#kernel';
import { type Database, keysetPage, keysetPlace } from '#read-model';
import { refreshViewOf } from '../refresh-text.js';
import { POSTPONED_RUNS } from '../postponed-runs.js';
import { problemViews } from '../run-end.js';
import { SYNC_HISTORY } from './sync-history.projection.js';

interface RunRow {
  readonly sync_id: string;
  readonly connection_id: string;
  readonly tenant_id: string;
  readonly trigger: SyncView['trigger'];
  readonly status: SyncView['status'];
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly window_from: string | null;
  readonly window_to: string | null;
  readonly imported: number;
  readonly updated: number;
  readonly removed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly progress: SyncView['progress'];
  readonly report: {
    readonly gaps?: SyncView['gaps'];
    readonly refresh?: RefreshReport;
    readonly problems?: readonly RunProblem[];
    readonly evidence?: SyncView['evidence'];
  } | null;
  readonly next_allowed_at: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  /** Of what the last attempt failed, and when the next one begins. */
  readonly retry: {
    readonly attempt: number;
    readonly at: string;
    readonly problem: Pick<RunProblem, 'code' | 'parameters'>;
  } | null;
}

/** A run, and what is known of its next attempt: only of the attempt that was made last. */
const RUNS = `(SELECT run.*, CASE WHEN next.problem IS NOT NULL THEN
    jsonb_build_object('attempt', next.attempt, 'at', to_char(next.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'problem', next.problem)
  END AS retry FROM ${SYNC_HISTORY}.runs AS run LEFT JOIN ${POSTPONED_RUNS}.runs AS next
    ON next.sync_id = run.sync_id AND next.attempt = run.attempt AND run.status = 'pending') AS runs`;

const retryView = ({ retry }: RunRow): SyncView['retry'] =>
  retry && { ...retry, problem: { ...retry.problem, ...ownerAndWords(retry.problem) } };

const viewOf = (row: RunRow): SyncView => ({
  id: row.sync_id,
  connectionId: row.connection_id,
  tenantId: row.tenant_id,
  createdAt: row.created_at,
  trigger: row.trigger,
  status: row.status,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  windowFrom: row.window_from,
  windowTo: row.window_to,
  transactionsImported: row.imported,
  transactionsUpdated: row.updated,
  transactionsRemoved: row.removed,
  transactionsSkipped: row.skipped,
  transactionsFailed: row.failed,
  progress: row.status === 'pending' ? row.progress : null,
  retry: retryView(row),
  gaps: row.report?.gaps ?? [],
  refresh: row.report?.refresh ? refreshViewOf(row.report.refresh) : null,
  nextAllowedAt: row.next_allowed_at,
  problems: problemViews(row.report?.problems ?? [], row.error_message),
  evidence: row.report?.evidence ?? null,
  errorCode: row.error_code,
  errorMessage: row.error_message,
});

/** Of all runs of a page: one answer of a service is no more than a megabyte. */
const LISTED_PROBLEMS = 1_000;

const shortViewOf = (row: RunRow, problems: number): SyncView => {
  const view: Pick<SyncView, keyof SyncView> = viewOf(row);
  return { ...view, problems: view.problems.slice(0, problems) };
};

export interface SyncHistoryFilter {
  readonly connectionId: string;
  readonly limit: number;
  readonly status?: string | null | undefined;
  readonly trigger?: string | null | undefined;
  readonly cursor?: string | null | undefined;
}

/** Runs of one connection, newest first: a page costs the same however long the history is. */
export const syncHistory = async (db: Database, filter: SyncHistoryFilter): Promise<Page<SyncView>> => {
  const place = keysetPlace(filter.cursor);
  const conditions = ['connection_id = $1'];
  const params: unknown[] = [filter.connectionId];
  const where = (condition: (n: number) => string, ...values: readonly unknown[]) => {
    conditions.push(condition(params.length + 1));
    params.push(...values);
  };
  if (filter.status) where((n) => `status = $${n}`, filter.status);
  if (filter.trigger) where((n) => `trigger = $${n}`, filter.trigger);
  if (place) where((n) => `(created_at, sync_id) < ($${n}::timestamptz, $${n + 1}::uuid)`, ...place);
  params.push(filter.limit + 1);
  const rows = await db.query<RunRow>(
    `SELECT * FROM ${RUNS} WHERE ${conditions.join(' AND ')}
     ORDER BY created_at DESC, sync_id DESC LIMIT $${params.length}`,
    params,
  );
  const page = keysetPage(rows, filter.limit, ({ created_at, sync_id }) => [created_at, sync_id]);
  const problems = Math.floor(LISTED_PROBLEMS / filter.limit);
  return { items: page.rows.map((row) => shortViewOf(row, problems)), nextCursor: page.nextCursor };
};

/** A run by its id, or by the id of a request that became part of it; `scope` hides other tenants' runs. */
export const syncById = async (db: Database, id: string, scope: string | null): Promise<SyncView> => {
  const [row] = await db.query<RunRow>(
    `SELECT * FROM ${RUNS} WHERE sync_id = coalesce(
       (SELECT sync_id FROM ${SYNC_HISTORY}.requests WHERE request_id = $1), $2::uuid)`,
    [id, isUuid(id) ? id : null],
  );
  if (!row || (scope !== null && row.tenant_id !== scope)) {
    throw new DomainError('sync.not-found', 'There is no such sync, or its request is still on its way.');
  }
  return viewOf(row);
};
