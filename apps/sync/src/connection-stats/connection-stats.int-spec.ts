import { randomUUID } from 'node:crypto';
import { Database, insertRows, migrate } from '#read-model';
import { engineUrls } from '#testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYNC_HISTORY } from '../history-rows.js';
import { syncHistoryProjection } from '../sync-history/sync-history.projection.js';
import { connectionStats } from './connection-stats.query.js';

/** In Paris it is the 10th already. */
const NOW = '2026-09-09T22:30:00.000Z';
const window = { days: 3, now: NOW, timeZone: 'Europe/Paris' };

let db: Database;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await migrate(db, SYNC_HISTORY, syncHistoryProjection.migrations);
});

afterAll(() => db.close());

interface Run {
  readonly at: string;
  readonly status: string;
  readonly seconds?: number;
  readonly imported?: number;
  readonly refreshedAt?: string | null;
}

const write = async (connectionId: string, ...runs: readonly Run[]): Promise<void> => {
  await insertRows(
    db,
    {
      into: `${SYNC_HISTORY}.runs`,
      columns: {
        sync_id: 'uuid', connection_id: 'uuid', tenant_id: 'text', company_id: 'text', trigger: 'text', status: 'text',
        queued: 'boolean', created_at: 'timestamptz', started_at: 'timestamptz', ended_at: 'timestamptz',
        imported: 'integer', report: 'jsonb',
      }, // prettier-ignore
    },
    runs.map(({ at, status, seconds, imported = 0, refreshedAt = null }) => ({
      sync_id: randomUUID(),
      connection_id: connectionId,
      tenant_id: 't',
      company_id: 'c',
      trigger: 'schedule',
      status,
      queued: false,
      created_at: at,
      started_at: seconds === undefined ? null : at,
      ended_at: seconds === undefined ? null : new Date(Date.parse(at) + seconds * 1_000).toISOString(),
      imported,
      report: { refreshedAt },
    })),
  );
};

describe('the statistics of a connection', () => {
  it('are of its runs within the window, by days of the schedule’s time zone', async () => {
    const connectionId = randomUUID();
    await write(
      connectionId,
      // In Paris still the 7th, which is before the window.
      { at: '2026-09-07T21:59:59Z', status: 'failure', seconds: 900, imported: 50 },
      { at: '2026-09-07T22:00:00Z', status: 'success', seconds: 2, imported: 7, refreshedAt: '2026-09-07T20:00:00Z' },
      { at: '2026-09-08T00:00:00Z', status: 'partial', seconds: 4, imported: 1, refreshedAt: '2026-09-08T04:00:00+02:00' },
      { at: '2026-09-09T21:00:00Z', status: 'failure', seconds: 6, imported: 2 },
      { at: '2026-09-09T22:10:00Z', status: 'pending' },
    ); // prettier-ignore
    await write(randomUUID(), { at: '2026-09-09T12:00:00Z', status: 'success', seconds: 60, imported: 9 });
    expect(await connectionStats(db, connectionId, window)).toEqual({
      connectionId,
      from: '2026-09-08',
      to: '2026-09-10',
      runs: { success: 1, partial: 1, failure: 1, pending: 1 },
      successRate: 1 / 3,
      averageDurationMs: 4_000,
      freshness: {
        lastSuccessAt: '2026-09-07T22:00:02.000Z',
        lastSuccessAgeSeconds: 48 * 3_600 + 1_798,
        refreshedAt: '2026-09-08T02:00:00.000Z',
        refreshAgeSeconds: 44 * 3_600 + 1_800,
      },
      newTransactions: [
        { day: '2026-09-08', count: 8 },
        { day: '2026-09-09', count: 2 },
        { day: '2026-09-10', count: 0 },
      ],
      newTransactionsPerDay: 10 / 3,
    });
  });

  it('know the last success, however long ago it was', async () => {
    const connectionId = randomUUID();
    const old = {
      at: '2026-06-01T00:00:00Z',
      status: 'success',
      seconds: 1,
      refreshedAt: '2026-05-31T20:00:00Z',
    };
    await write(connectionId, old, { at: '2026-09-09T21:00:00Z', status: 'failure', seconds: 1 });
    expect(await connectionStats(db, connectionId, window)).toMatchObject({
      runs: { success: 0, failure: 1 },
      successRate: 0,
      freshness: { lastSuccessAt: '2026-06-01T00:00:01.000Z', refreshedAt: '2026-05-31T20:00:00.000Z' },
    });
  });

  it('of a connection that never ran are empty, not zero', async () => {
    const stats = await connectionStats(db, randomUUID(), { ...window, days: 1 });
    expect(stats).toMatchObject({
      successRate: null,
      averageDurationMs: null,
      freshness: {
        lastSuccessAt: null,
        lastSuccessAgeSeconds: null,
        refreshedAt: null,
        refreshAgeSeconds: null,
      },
      newTransactions: [{ day: '2026-09-10', count: 0 }],
      newTransactionsPerDay: 0,
    });
  });
});
