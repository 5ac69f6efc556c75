import { randomUUID } from 'node:crypto';
import type { RunSyncMessage } from '#contracts';
import type { SyncEvent } from '#domain';
import type { RecordedEvent } from '#kernel';
import { Database, migrate } from '#read-model';
import { engineUrls } from '#testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EndOverdueRunsJob } from '../end-overdue-runs/end-overdue-runs.job.js';
import { SyncDeps } from '../sync-deps.js';
import { SYNC_HISTORY, syncHistoryProjection } from '../sync-history/sync-history.projection.js';
import { DispatchSyncReactor } from './dispatch-sync.reactor.js';
import { DispatchWaitingRunsJob } from './dispatch-waiting-runs.job.js';

/** Long before whatever other specs leave in the shared tables, which are not due at that time. */
const REQUESTED = '2020-01-01T10:00:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(REQUESTED) + seconds * 1_000).toISOString();

let db: Database;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await migrate(db, SYNC_HISTORY, syncHistoryProjection.migrations);
});

const forget = () => db.execute(`DELETE FROM ${SYNC_HISTORY}.runs WHERE created_at = '${REQUESTED}'`);

afterAll(async () => {
  await forget();
  await db.close();
});

const cause = (trigger: 'webhook' | 'manual') => [{ requestId: randomUUID(), trigger }];

/** A run that webhooks asked for a moment after the last, and all that dispatches runs. */
const scene = () => {
  const ids = { syncId: randomUUID(), connectionId: randomUUID(), tenantId: 't', companyId: 'c' };
  const dispatched: (readonly [syncId: string, msgId: string])[] = [];
  const commands = {
    publish: async (_: string, { syncId }: RunSyncMessage, { msgId }: { readonly msgId: string }) =>
      void dispatched.push([syncId, msgId]),
  };
  let now = REQUESTED;
  const deps = Object.assign(Object.create(SyncDeps.prototype) as SyncDeps, {
    db,
    commands,
    clock: { now: () => now },
    keeper: { isLocked: async () => false },
    policy: { deadlineMs: 1_800_000 },
  });
  const reactor = new DispatchSyncReactor(deps.commands);
  const happen = async (event: SyncEvent, seconds: number): Promise<void> => {
    const recorded = { ...event, id: randomUUID(), recordedAt: after(seconds) } as unknown as RecordedEvent;
    await db.transaction((tx) => syncHistoryProjection.project(tx, SYNC_HISTORY, [recorded]));
    await reactor.react(recorded);
  };
  const request = {
    ...ids,
    trigger: 'webhook',
    attended: false,
    slot: null,
    requestedAt: REQUESTED,
  } as const;
  const wait = () =>
    happen(
      {
        type: 'SyncRequested',
        data: { ...request, causes: cause('webhook'), notBefore: after(10) },
      },
      0,
    );
  const join = (trigger: 'webhook' | 'manual', endsWait: boolean) =>
    happen({ type: 'SyncJoined', data: { ...request, trigger, causes: cause(trigger), endsWait } }, 3);
  const start = () => happen({ type: 'SyncStarted', data: { ...ids, attempt: 1, startedAt: after(10) } }, 10);
  const at = async (seconds: number, work: () => Promise<void>): Promise<number> => {
    now = after(seconds);
    await work();
    return dispatched.filter(([syncId]) => syncId === ids.syncId).length;
  };
  const sweeper = new EndOverdueRunsJob(deps, { waiting: async () => new Set() }, async () => undefined);
  const newJob = (busyShare = 0) => new DispatchWaitingRunsJob(deps, () => busyShare);
  return { syncId: ids.syncId, wait, join, start, at, sweep: () => sweeper.sweep(), newJob, dispatched };
};

describe('a run that waits for its time', () => {
  beforeEach(forget);

  it('is dispatched when it comes and not before, once by each copy, under one id', async () => {
    const { wait, at, newJob, dispatched } = scene();
    const [one, other] = [newJob(), newJob()];
    await wait();
    expect(await at(9.9, () => one.dispatchDue())).toBe(0);
    expect(await at(10, () => one.dispatchDue())).toBe(1);
    expect(await at(10.5, () => one.dispatchDue())).toBe(1);
    expect(await at(10.5, () => other.dispatchDue())).toBe(2);
    expect(new Set(dispatched.map(([, msgId]) => msgId)).size).toBe(1);
  });

  it('is found by a copy that was started after the one that should have dispatched it had died', async () => {
    const { wait, at, newJob } = scene();
    await wait();
    expect(await at(60, () => newJob().dispatchDue())).toBe(1);
  });

  it('is dispatched at once when its wait ends early, and not by other webhooks', async () => {
    const { wait, join, at, newJob } = scene();
    const job = newJob();
    await wait();
    expect(await at(3, () => join('webhook', false))).toBe(0);
    expect(await at(3, () => join('manual', true))).toBe(1);
    expect(await at(11, () => job.dispatchDue())).toBe(1);
  });

  it('takes its turn with others while the process is busy, oldest first', async () => {
    const scenes = Array.from({ length: 5 }, scene);
    for (const { wait } of scenes) await wait();
    const first = scenes[0] ?? scene();
    const job = first.newJob(0.9);
    const look = () => first.at(11, () => job.dispatchDue());
    const rounds: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await look();
      rounds.push(first.dispatched.length);
      await look();
      expect(first.dispatched.length, 'nothing more while these are in the queue').toBe(rounds.at(-1));
      const started = new Set(first.dispatched.map(([syncId]) => syncId));
      for (const each of scenes) if (started.has(each.syncId)) await each.start();
    }
    expect(rounds).toEqual([2, 4, 5]);
  });

  it('does not hold up others for long when it does not start', async () => {
    const scenes = Array.from({ length: 3 }, scene);
    for (const { wait } of scenes) await wait();
    const [first] = scenes;
    const job = first?.newJob(0.9);
    const dispatchedAt = async (seconds: number) => {
      await first?.at(seconds, async () => job?.dispatchDue());
      return first?.dispatched.length;
    };
    expect([await dispatchedAt(11), await dispatchedAt(15.9), await dispatchedAt(16)]).toEqual([2, 2, 3]);
  });

  it('is not dispatched again once it started', async () => {
    const { wait, start, at, newJob } = scene();
    await wait();
    await start();
    expect(await at(20, () => newJob().dispatchDue())).toBe(0);
  });

  it('is left alone by the sweeper until its time is well past, and its deadline counts from then', async () => {
    const { wait, at, sweep } = scene();
    await wait();
    expect(await at(20, sweep)).toBe(0);
    expect(await at(26, sweep)).toBe(1);
    // Had its deadline counted from the request, it would be ended instead.
    expect(await at(1_805, sweep)).toBe(2);
  });
});
