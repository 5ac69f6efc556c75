import { randomUUID } from 'node:crypto';
import type { RunSyncMessage } from '#contracts';
import { sync, type SyncEvent } from '#domain';
import { streamOf } from '#kernel';
import { AlsCorrelationScope } from '#platform';
import { Database, LockKeeper, migrate, PgSnapshots } from '#read-model';
import { engineUrls, InMemoryEventStore } from '#testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LEDGER, ledgerMigrations } from '../ledger-tables.js';
import { PostponedRuns } from '../postponed-runs.js';
import { runLock } from '../run-lock.js';
import { SyncDeps } from '../sync-deps.js';
import { SYNC_HISTORY, syncHistoryProjection } from '../sync-history/sync-history.projection.js';
import { EndOverdueRunsJob } from './end-overdue-runs.job.js';

const REQUESTED = '2026-11-22T10:00:00.000Z';
const DEADLINE_MS = 1_800_000;

const after = (seconds: number): string => new Date(Date.parse(REQUESTED) + seconds * 1_000).toISOString();

let db: Database;
let postponed: PostponedRuns;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  postponed = new PostponedRuns(db);
  await migrate(db, SYNC_HISTORY, syncHistoryProjection.migrations);
  await migrate(db, LEDGER, ledgerMigrations);
  await postponed.prepare();
});

afterAll(() => db.close());

/** In which a worker begins the run after somebody has looked at it, and at what it is of. */
class BeginningStore extends InMemoryEventStore {
  begin: () => Promise<unknown> = () => Promise.resolve();

  override async *readStream(...[stream, options]: Parameters<InMemoryEventStore['readStream']>) {
    if (stream.startsWith('connection-')) await this.begin();
    yield* super.readStream(stream, options);
  }
}

/** One requested run, in the log and in the history, and the job with a clock that the spec sets. */
const scene = async (store = new InMemoryEventStore()) => {
  const [connectionId, syncId] = [randomUUID(), randomUUID()];
  const requested: SyncEvent = {
    type: 'SyncRequested',
    data: {
      syncId,
      connectionId,
      tenantId: 't',
      companyId: 'c',
      trigger: 'manual',
      causes: [{ requestId: randomUUID(), trigger: 'manual' }],
      attended: true,
      slot: null,
      requestedAt: REQUESTED,
      notBefore: null,
    },
  };
  const correlation = new AlsCorrelationScope();
  const metadata = { ...correlation.current(), commandId: randomUUID(), tenantId: 't' };
  const { events } = await store.append(streamOf('sync', connectionId), 'no-stream', [
    { ...requested, metadata },
  ]);
  await db.transaction((tx) =>
    syncHistoryProjection.project(
      tx,
      SYNC_HISTORY,
      events.map((event) => ({ ...event, position: 1n, recordedAt: REQUESTED })),
    ),
  );
  const keeper = new LockKeeper(db);
  const dispatched: string[] = [];
  const forgotten: string[] = [];
  let now = REQUESTED;
  const deps = Object.assign(Object.create(SyncDeps.prototype) as SyncDeps, {
    db,
    store,
    keeper,
    correlation,
    snapshots: new PgSnapshots(db, randomUUID()),
    clock: { now: () => now },
    policy: { deadlineMs: DEADLINE_MS },
    commands: {
      publish: async (_subject: string, message: RunSyncMessage) => void dispatched.push(message.syncId),
    },
  });
  const job = new EndOverdueRunsJob(deps, postponed, async (ended) => void forgotten.push(ended));
  const sweepAt = async (seconds: number) => {
    now = after(seconds);
    await job.sweep();
    return dispatched.filter((each) => each === syncId).length;
  };
  const typesInLog = async () => {
    const types: string[] = [];
    for await (const { type } of store.readStream(streamOf(sync.category, connectionId))) types.push(type);
    return types;
  };
  return { connectionId, syncId, metadata, keeper, forgotten, sweepAt, typesInLog };
};

describe('a run that is neither live nor ended', () => {
  // Runs that other specs left open in the shared tables would be swept along.
  beforeEach(() => db.execute(`DELETE FROM ${SYNC_HISTORY}.runs WHERE created_at = '${REQUESTED}'`));

  it('is left alone when it is young, then dispatched again once a minute', async () => {
    const { sweepAt, keeper } = await scene();
    expect(await sweepAt(10)).toBe(0);
    expect(await sweepAt(20)).toBe(1);
    expect(await sweepAt(70)).toBe(1);
    expect(await sweepAt(85)).toBe(2);
    await keeper.close();
  });

  it('is left alone while a worker has it in hand', async () => {
    const { sweepAt, keeper, connectionId } = await scene();
    const lock = await keeper.tryLock(runLock(connectionId));
    expect(await sweepAt(20)).toBe(0);
    await lock?.release();
    expect(await sweepAt(25)).toBe(1);
    await keeper.close();
  });

  // Dispatched before, it would use up its attempts and ask a provider that said when to ask again.
  it('is left alone until the time that its next attempt was put off to', async () => {
    const { sweepAt, keeper, syncId } = await scene();
    await postponed.postpone(syncId, after(300), { at: after(285) });
    expect(await sweepAt(20)).toBe(0);
    expect(await sweepAt(299)).toBe(0);
    expect(await sweepAt(301)).toBe(1);
    await keeper.close();
  });

  it('ends past its deadline, put off or not, and leaves no staged pages', async () => {
    const { sweepAt, keeper, syncId, forgotten, typesInLog } = await scene();
    await postponed.postpone(syncId, after(100_000), { at: after(99_985) });
    await sweepAt(DEADLINE_MS / 1_000 + 5);
    expect(await typesInLog()).toEqual(['SyncRequested', 'SyncTimedOut']);
    expect(forgotten).toContain(syncId);
    await keeper.close();
  });

  it('goes on when its first attempt begins at the very moment, however late that is', async () => {
    const store = new BeginningStore();
    const { sweepAt, keeper, connectionId, syncId, metadata, forgotten, typesInLog } = await scene(store);
    const startedAt = after(DEADLINE_MS / 1_000 + 100);
    const context = { syncId, connectionId, tenantId: 't', companyId: 'c' };
    store.begin = () =>
      store.append(streamOf(sync.category, connectionId), 0n, [
        { type: 'SyncStarted', data: { ...context, attempt: 1, startedAt }, metadata },
      ]);
    const lock = await keeper.tryLock(runLock(connectionId));
    await sweepAt(DEADLINE_MS / 1_000 + 100);
    await lock?.release();
    expect(await typesInLog()).toEqual(['SyncRequested', 'SyncStarted']);
    expect(forgotten).not.toContain(syncId);
    await keeper.close();
  });
});
