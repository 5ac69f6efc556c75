import type { ConnectionStatsView } from '#contracts';
import { addDays, type BankDay, dayIn } from '#kernel';
import type { Database } from '#read-model';
import { SYNC_HISTORY } from '../history-rows.js';

interface DayRow {
  readonly day: BankDay;
  readonly success: number;
  readonly partial: number;
  readonly failure: number;
  readonly pending: number;
  readonly imported: number;
  readonly timed: number;
  readonly duration_ms: number;
  readonly refreshed_at: string | null;
}

interface LastSuccessRow {
  readonly ended_at: string;
  readonly refreshed_at: string | null;
}

/** The runs of the window day by day: however long the history is, the index leads to these alone. */
const dayRows = (db: Database, connectionId: string, from: BankDay, timeZone: string) =>
  db.query<DayRow>(
    `SELECT (created_at AT TIME ZONE $3)::date AS day,
       count(*) FILTER (WHERE status = 'success')::int AS success,
       count(*) FILTER (WHERE status = 'partial')::int AS partial,
       count(*) FILTER (WHERE status = 'failure')::int AS failure,
       count(*) FILTER (WHERE status = 'pending')::int AS pending,
       coalesce(sum(imported), 0)::int AS imported,
       count(ended_at - started_at)::int AS timed,
       coalesce(sum(extract(epoch FROM ended_at - started_at)) * 1000, 0)::float8 AS duration_ms,
       max((report->>'refreshedAt')::timestamptz) AS refreshed_at
     FROM ${SYNC_HISTORY}.runs
     WHERE connection_id = $1 AND created_at >= ($2::date::timestamp AT TIME ZONE $3)
     GROUP BY 1`,
    [connectionId, from, timeZone],
  );

const lastSuccess = async (db: Database, connectionId: string): Promise<LastSuccessRow | undefined> => {
  const [row] = await db.query<LastSuccessRow>(
    `SELECT ended_at, (report->>'refreshedAt')::timestamptz AS refreshed_at FROM ${SYNC_HISTORY}.runs
     WHERE connection_id = $1 AND status = 'success' ORDER BY created_at DESC, sync_id DESC LIMIT 1`,
    [connectionId],
  );
  return row;
};

const ageSeconds = (instant: string | null, now: string): number | null =>
  instant === null ? null : Math.max(0, Math.floor((Date.parse(now) - Date.parse(instant)) / 1_000));

const latest = (instants: readonly (string | null)[]): string | null =>
  instants
    .filter((instant) => instant !== null)
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1) ?? null;

const sumOf = (rows: readonly DayRow[], pick: (row: DayRow) => number): number =>
  rows.reduce((sum, row) => sum + pick(row), 0);

export interface StatsWindow {
  /** So many days, the last of which is today. */
  readonly days: number;
  readonly now: string;
  readonly timeZone: string;
}

/** How well a connection has been synchronised of late; the cost is that of the runs of the window. */
export const connectionStats = async (
  db: Database,
  connectionId: string,
  { days, now, timeZone }: StatsWindow,
): Promise<ConnectionStatsView> => {
  const to = dayIn(timeZone, now);
  const from = addDays(to, 1 - days);
  const [rows, success] = await Promise.all([
    dayRows(db, connectionId, from, timeZone),
    lastSuccess(db, connectionId),
  ]);
  const runs = {
    success: sumOf(rows, (row) => row.success),
    partial: sumOf(rows, (row) => row.partial),
    failure: sumOf(rows, (row) => row.failure),
    pending: sumOf(rows, (row) => row.pending),
  };
  const ended = runs.success + runs.partial + runs.failure;
  const timed = sumOf(rows, (row) => row.timed);
  const imported = new Map(rows.map((row) => [row.day, row.imported]));
  const refreshedAt = latest([success?.refreshed_at ?? null, ...rows.map((row) => row.refreshed_at)]);
  const lastSuccessAt = success?.ended_at ?? null;
  return {
    connectionId,
    from,
    to,
    runs,
    successRate: ended === 0 ? null : runs.success / ended,
    averageDurationMs: timed === 0 ? null : Math.round(sumOf(rows, (row) => row.duration_ms) / timed),
    freshness: {
      lastSuccessAt,
      lastSuccessAgeSeconds: ageSeconds(lastSuccessAt, now),
      refreshedAt,
      refreshAgeSeconds: ageSeconds(refreshedAt, now),
    },
    newTransactions: Array.from({ length: days }, (_, n) => addDays(from, n)).map((day) => ({
      day,
      count: imported.get(day) ?? 0,
    })),
    newTransactionsPerDay: sumOf(rows, (row) => row.imported) / days,
  };
};
