import { randomUUID } from 'node:crypto';
import type { SyncEvent, SyncTrigger } from '#domain';
import type { RecordedEvent } from '#kernel';
import { Database, migrate } from '#read-model';
import { engineUrls } from '#testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostponedRuns } from '../postponed-runs.js';
import { SYNC_HISTORY, syncHistoryProjection } from './sync-history.projection.js';
import { syncById, syncHistory } from './sync-history.query.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 8, 1, 9, minute)).toISOString();

let db: Database;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await migrate(db, SYNC_HISTORY, syncHistoryProjection.migrations);
  await new PostponedRuns(db).prepare();
});

afterAll(() => db.close());

const project = (...events: readonly (SyncEvent & { readonly minute: number })[]): Promise<void> =>
  db.transaction((tx) =>
    syncHistoryProjection.project(
      tx,
      SYNC_HISTORY,
      events.map(
        ({ type, data, minute }) => ({ type, data, recordedAt: at(minute) }) as unknown as RecordedEvent,
      ),
    ),
  );

const problemOf = (code: string) => ({ code, accountId: null, rowKey: null, count: 1, parameters: {} });

const connectionOf = (tenantId: string = randomUUID()) => {
  const connectionId = randomUUID();
  const ids = (syncId: string) => ({ syncId, connectionId, tenantId, companyId: 'c' });
  const requested = (
    syncId: string,
    minute: number,
    trigger: SyncTrigger = 'manual',
    requestIds = [syncId],
  ) =>
    ({
      type: 'SyncRequested',
      minute,
      data: {
        ...ids(syncId),
        trigger,
        causes: requestIds.map((requestId) => ({ requestId, trigger })),
        attended: false,
        slot: null,
        requestedAt: at(minute),
        notBefore: null,
      },
    }) as const;
  const queued = (
    syncId: string,
    minute: number,
    trigger: SyncTrigger,
    requestId: string,
    runTrigger = trigger,
  ) =>
    ({
      type: 'SyncQueuedAgain',
      minute,
      data: {
        ...ids(syncId),
        causes: [{ requestId, trigger }],
        trigger: runTrigger,
        attended: trigger === 'manual',
        slot: null,
        requestedAt: at(minute),
        notBefore: null,
      },
    }) as const;
  const started = (syncId: string, minute: number, attempt: number) =>
    ({ type: 'SyncStarted', minute, data: { ...ids(syncId), attempt, startedAt: at(minute) } }) as const;
  const report = (syncId: string, minute: number) => ({
    ...ids(syncId),
    trigger: 'manual' as const,
    attempt: 2,
    requestedAt: at(0),
    startedAt: at(1),
    endedAt: at(minute),
    windowFrom: '2026-06-01',
    windowTo: '2026-09-01',
    counts: { imported: 5, updated: 4, removed: 3, skipped: 2, failed: 1 },
    failures: [{ rowKey: 'r', providerAccountId: 'a', reason: 'bad-date' as const, field: 'date' }],
    accountIds: ['1'],
    pages: 1,
    calls: 3,
    cursorBefore: null,
    cursorAfter: null,
    refreshedAt: null,
    gaps: [],
    problems: [],
  });
  const completed = (syncId: string, minute: number, ...reasons: readonly string[]) =>
    ({
      type: 'SyncCompleted',
      minute,
      data: {
        ...report(syncId, minute),
        status: reasons.length > 0 ? 'partial' : 'success',
        reasons,
        problems: reasons.map(problemOf),
      },
    }) as const;
  const failed = (syncId: string, minute: number, type: 'SyncFailed' | 'SyncTimedOut' = 'SyncFailed') =>
    ({
      type,
      minute,
      data: {
        ...report(syncId, minute),
        problems: [problemOf('powens.down')],
        errorCode: 'powens.down',
        errorMessage: 'Words.',
      },
    }) as const;
  const sliced = (syncId: string, minute: number, done: number, left: number) =>
    ({
      type: 'SyncSliceCompleted',
      minute,
      data: {
        ...ids(syncId),
        attempt: 1,
        from: '2026-06-01',
        to: null,
        readFrom: '2026-06-01',
        slices: { done, left },
        tally: { readable: 5, failed: 0, failures: [], pages: 1, calls: 3 },
        cursor: 'c',
        completedAt: at(minute),
      },
    }) as const;
  return { connectionId, tenantId, requested, queued, started, sliced, completed, failed };
};

describe('the history of a run', () => {
  it('tells its whole life', async () => {
    const { requested, started, completed, tenantId, connectionId } = connectionOf();
    const id = randomUUID();
    await project(requested(id, 0));
    expect(await syncById(db, id, tenantId)).toMatchObject({
      id,
      connectionId,
      status: 'pending',
      createdAt: at(0),
      startedAt: null,
    });
    await project(started(id, 1, 1), started(id, 2, 2));
    expect((await syncById(db, id, null)).startedAt).toBe(at(1));
    const end = completed(id, 3, 'rows.unreadable');
    const problems = end.data.problems.map((problem) => {
      return { ...problem, rowKey: 'r', parameters: { reason: 'bad-date', field: 'date' } };
    });
    await project({ ...end, data: { ...end.data, problems } });
    expect(await syncById(db, id, null)).toMatchObject({
      status: 'partial',
      endedAt: at(3),
      windowFrom: '2026-06-01',
      windowTo: '2026-09-01',
      transactionsImported: 5,
      transactionsUpdated: 4,
      transactionsRemoved: 3,
      transactionsSkipped: 2,
      transactionsFailed: 1,
      errorCode: 'rows.unreadable',
      errorMessage: expect.stringContaining('no readable date in date') as string,
      evidence: null,
      problems: [
        {
          code: 'rows.unreadable',
          accountId: null,
          rowKey: 'r',
          count: 1,
          parameters: { reason: 'bad-date', field: 'date' },
          actionOwner: 'provider',
          message: expect.stringMatching(/^1 row\(s\) .*tell the provider\.$/) as string,
        },
      ],
    });
  });

  it('shows what proves a success, and every problem of a run, of which a long list shows the first', async () => {
    const { requested, completed, connectionId } = connectionOf();
    const [well, ill] = [randomUUID(), randomUUID()];
    const evidence = { kind: 'nothing-new', refreshedAt: at(0) } as const;
    const problems = Array.from({ length: 5 }, (_, n) => {
      return { code: 'fetch.page-cap', accountId: String(n), rowKey: null, count: 1, parameters: {} };
    });
    const good = completed(well, 1);
    const bad = completed(ill, 3, 'fetch.page-cap');
    await project(
      requested(well, 0),
      { ...good, data: { ...good.data, evidence } },
      requested(ill, 2),
      { ...bad, data: { ...bad.data, problems } },
    ); // prettier-ignore
    expect(await syncById(db, well, null)).toMatchObject({ status: 'success', evidence, problems: [] });
    expect((await syncById(db, ill, null)).problems).toHaveLength(5);
    expect((await syncHistory(db, { connectionId, limit: 10 })).items[0]?.problems).toHaveLength(5);
    const { items } = await syncHistory(db, { connectionId, limit: 500 });
    expect(items.map((run) => run.problems.length)).toEqual([2, 0]);
    expect(items[0]?.problems[1]).toMatchObject({
      accountId: '1',
      code: 'fetch.page-cap',
      actionOwner: 'time',
    });
  });

  it('shows what an attempt failed of and when the next one begins, until that has begun', async () => {
    const { requested, started, completed, connectionId } = connectionOf();
    const id = randomUUID();
    const problem = { code: 'powens.unavailable', parameters: { detail: 'Powens answered 503.' } };
    const retryOf = async () => {
      const { retry } = await syncById(db, id, null);
      expect((await syncHistory(db, { connectionId, limit: 5 })).items[0]?.retry).toEqual(retry);
      return retry;
    };
    await project(requested(id, 0), started(id, 1, 1));
    expect(await retryOf()).toBeNull();
    const postponed = new PostponedRuns(db);
    await postponed.postpone(id, at(9), { attempt: 1, at: at(2), problem });
    expect(await retryOf()).toEqual({
      attempt: 1,
      at: at(2),
      problem: {
        ...problem,
        actionOwner: 'time',
        message: expect.stringContaining('Powens answered 503.') as string,
      },
    });
    await project(started(id, 2, 2));
    expect(await retryOf()).toBeNull();
    await postponed.postpone(id, at(9), { at: at(3) });
    expect(await retryOf()).toBeNull();
    await postponed.postpone(id, at(9), { attempt: 2, at: at(3), problem });
    expect(await retryOf()).toMatchObject({ attempt: 2, at: at(3) });
    await project(completed(id, 4));
    expect(await retryOf()).toBeNull();
  });

  it('shows how far a long run came, and days that can never be read', async () => {
    const { requested, started, sliced, completed } = connectionOf();
    const id = randomUUID();
    await project(requested(id, 0), started(id, 1, 1));
    expect(await syncById(db, id, null)).toMatchObject({ progress: null, gaps: [] });
    await project(sliced(id, 2, 1, 3), sliced(id, 3, 2, 1));
    expect((await syncById(db, id, null)).progress).toEqual({ slicesDone: 2, slices: 3, from: '2026-06-01' });
    const end = completed(id, 4, 'history.gap');
    const [from, to] = ['2026-07-01', '2026-07-09'];
    const gaps = [{ accountId: '1', from, to }];
    const problems = [{ ...problemOf('history.gap'), accountId: '1', parameters: { from, to } }];
    await project({ ...end, data: { ...end.data, gaps, problems } });
    const run = await syncById(db, id, null);
    expect(run).toMatchObject({ status: 'partial', errorCode: 'history.gap', gaps, progress: null });
    expect(run.errorMessage).toContain('account 1: 2026-07-01 to 2026-07-09');
  });

  it.each(['SyncFailed', 'SyncTimedOut'] as const)('shows what a run did that ended as %s', async (type) => {
    const { requested, failed } = connectionOf();
    const id = randomUUID();
    await project(requested(id, 0), failed(id, 1, type));
    expect(await syncById(db, id, null)).toMatchObject({
      status: 'failure',
      transactionsImported: 5,
      errorCode: 'powens.down',
      errorMessage: 'Words.',
    });
  });

  it('is found by every request that became part of it; a person gives a waiting run its trigger', async () => {
    const { requested, queued, completed, connectionId } = connectionOf();
    const [first, second] = [randomUUID(), randomUUID()];
    const delivery = `powens_${randomUUID()}`;
    const manual = randomUUID();
    await project(
      requested(first, 0),
      queued(second, 1, 'webhook', delivery),
      queued(second, 2, 'manual', manual),
      queued(second, 3, 'schedule', randomUUID(), 'manual'),
    );
    for (const id of [second, delivery, manual])
      expect(await syncById(db, id, null)).toMatchObject({
        id: second,
        status: 'pending',
        trigger: 'manual',
      });
    await project(
      completed(first, 4),
      requested(second, 4, 'manual', [delivery, manual]),
      completed(second, 5),
    );
    expect(await syncById(db, delivery, null)).toMatchObject({ id: second, status: 'success' });
    expect((await syncHistory(db, { connectionId, limit: 10 })).items).toHaveLength(2);
  });

  it('is another tenant’s secret', async () => {
    const { requested } = connectionOf();
    const id = randomUUID();
    await project(requested(id, 0, 'webhook', ['r', id]));
    for (const unknown of [id, randomUUID(), 'nothing'])
      await expect(syncById(db, unknown, 'other')).rejects.toMatchObject({ code: 'sync.not-found' });
  });
});

describe('the runs of a connection', () => {
  it('come newest first, page by page, none twice and none left out, also when several are of one instant', async () => {
    const { requested, connectionId } = connectionOf();
    const ids = Array.from({ length: 11 }, () => randomUUID());
    await project(...ids.map((id, index) => requested(id, Math.floor(index / 4))));
    await project(connectionOf().requested(randomUUID(), 50));
    const seen: { id: string; createdAt: string }[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await syncHistory(db, { connectionId, limit: 3, cursor });
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(seen.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      ids.toSorted((a, b) => (a < b ? -1 : 1)),
    );
    const times = seen.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted((a, b) => (a < b ? 1 : -1)));
  });

  it('are filtered by status and trigger, together and across pages', async () => {
    const { requested, completed, failed, connectionId } = connectionOf();
    const [a, b, c, d] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await project(
      requested(a, 0, 'webhook'),
      completed(a, 1),
      requested(b, 2, 'schedule'),
      failed(b, 3),
      requested(c, 4, 'webhook'),
      failed(c, 5),
      requested(d, 6, 'webhook'),
    );
    const found = async (filter: object) =>
      (await syncHistory(db, { connectionId, limit: 10, ...filter })).items.map(({ id }) => id);
    expect(await found({ status: 'failure' })).toEqual([c, b]);
    expect(await found({ trigger: 'webhook' })).toEqual([d, c, a]);
    expect(await found({ trigger: 'webhook', status: 'failure' })).toEqual([c]);
    const first = await syncHistory(db, { connectionId, limit: 2, trigger: 'webhook' });
    expect(await found({ trigger: 'webhook', cursor: first.nextCursor })).toEqual([a]);
    await expect(found({ cursor: 'made-up' })).rejects.toMatchObject({ code: 'cursor.invalid' });
  });
});
