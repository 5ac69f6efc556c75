import { randomUUID } from 'node:crypto';
import { delivery, type NoticeTarget, type ReceiveWebhook } from '#domain';
import { runDecider, WrongExpectedRevision } from '#event-store';
import { streamOf } from '#kernel';
import { AlsCorrelationScope } from '#platform';
import { Database, LockKeeper, rebuild, type Runner, runProjection, waitForPosition } from '#read-model';
import { anyMetadata, InMemoryEventStore, ownDatabaseUrl } from '#testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliveriesProjection } from '../deliveries/deliveries.projection.js';
import { DELIVERIES, FORGOTTEN_STREAM } from '../forgotten-deliveries.js';
import { SyncDeps } from '../sync-deps.js';
import { AgeOutDeliveriesJob, type Forgotten } from './age-out-deliveries.job.js';

const RETENTION_DAYS = 90;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const day = (n: number): string => new Date(START + n * 86_400_000).toISOString();

const TARGET: NoticeTarget = {
  connectionId: null,
  providerUserId: 'u',
  providerConnectionId: null,
  providerAccountId: null,
};

let db: Database;
let keeper: LockKeeper;
let store: InMemoryEventStore;
let projection: Runner;
let today: string;
let reported: Record<string, number>[];

beforeEach(async () => {
  db = new Database(await ownDatabaseUrl());
  keeper = new LockKeeper(db);
  store = new InMemoryEventStore();
  projection = runProjection({ db, keeper, source: store, model: deliveriesProjection });
  await projection.prepared;
  reported = [];
});

afterEach(async () => {
  await projection.stop();
  await store.close();
  await keeper.close();
  await db.close();
});

const report = (forgotten: Forgotten) => void reported.push(Object.fromEntries(forgotten));

/** The job on a day; `its` replaces parts of what it works with. */
const jobOn = (n: number, its: Partial<Pick<SyncDeps, 'store' | 'keeper'>> = {}): AgeOutDeliveriesJob => {
  today = day(n);
  const parts = { db, keeper, store, correlation: new AlsCorrelationScope(), clock: { now: () => today } };
  const deps = Object.assign(Object.create(SyncDeps.prototype) as SyncDeps, parts, its);
  return new AgeOutDeliveriesJob(deps, RETENTION_DAYS, report);
};

const caughtUp = async (): Promise<void> => {
  expect(await waitForPosition(db, DELIVERIES, (await store.head()) ?? 0n, 10_000)).toBe(true);
};

/** As the door does it. `false`: recognised as a repeat. */
const receive = async (deliveryId: string, receivedAt: string): Promise<boolean> => {
  const command: ReceiveWebhook = {
    type: 'ReceiveWebhook',
    deliveryId,
    provider: 'powens',
    scheme: 'powens',
    secretFingerprint: 'f',
    notice: {
      kind: 'connection-deleted',
      target: TARGET,
    },
    path: '/webhooks/powens',
    signedAt: null,
    sealedBody: null,
    bodyBytes: 1,
    bodySha256: '00',
    receivedAt,
  };
  const events = delivery.decide(command, delivery.initialState);
  const news = events.map((event) => ({ ...event, metadata: anyMetadata() }));
  try {
    await store.append(streamOf(delivery.category, deliveryId), 'no-stream', news);
    return true;
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return false;
    throw error;
  }
};

const park = (deliveryId: string) =>
  runDecider(
    { store },
    delivery,
    deliveryId,
    { type: 'ParkWebhook', target: TARGET, reason: 'r', now: day(0) },
    { metadata: anyMetadata() },
  );

const ids = (count: number): readonly string[] =>
  Array.from({ length: count }, () => `powens_${randomUUID()}`);

const rows = async (): Promise<readonly object[]> =>
  db.query(`SELECT * FROM ${DELIVERIES}.deliveries ORDER BY position`);
const remembered = async (): Promise<readonly string[]> =>
  (await rows()).map((row) => (row as { delivery_id: string }).delivery_id);

const eventsOf = async (stream: string): Promise<number> => {
  let count = 0;
  for await (const _ of store.readStream(stream)) count += 1;
  return count;
};

describe('a delivery older than the retention', () => {
  it('is forgotten, in the log and in the rows; a younger one stays; what was parked is told', async () => {
    const [old = '', parked = '', young = ''] = ids(3);
    await receive(old, day(0));
    await receive(parked, day(0));
    await park(parked);
    await receive(young, day(1));
    await caughtUp();
    const job = jobOn(90.5);
    await job.sweep();
    expect(await remembered()).toEqual([young]);
    expect(reported).toEqual([{ received: 1, parked: 1 }]);
    for (const gone of [old, parked]) expect(await eventsOf(streamOf('delivery', gone))).toBe(0);
    expect(await eventsOf(streamOf('delivery', young))).toBe(1);
    await job.sweep();
    expect(await eventsOf(FORGOTTEN_STREAM)).toBe(1);
  });

  it('is recognised when it comes again within the retention, and is a new one afterwards', async () => {
    const [id = ''] = ids(1);
    expect(await receive(id, day(0))).toBe(true);
    await caughtUp();
    await jobOn(90).sweep();
    expect(await receive(id, day(90))).toBe(false);
    await jobOn(90.1).sweep();
    expect(await receive(id, day(91))).toBe(true);
    expect(await receive(id, day(92))).toBe(false);
    await caughtUp();
    expect(await rows()).toMatchObject([{ delivery_id: id, revision: 1n, received_at: day(91) }]);
    await park(id);
    await caughtUp();
    expect(await rows()).toMatchObject([{ state: 'parked', revision: 2n }]);
    await jobOn(180).sweep();
    expect(await remembered()).toEqual([id]);
    await jobOn(182).sweep();
    expect(await remembered()).toEqual([]);
  });

  it('stays forgotten in a read model that is filled anew', async () => {
    const all = ids(6);
    for (const id of all) await receive(id, day(all.indexOf(id)));
    await caughtUp();
    await jobOn(93.5).sweep();
    await receive(all[0] ?? '', day(94));
    await caughtUp();
    const before = await rows();
    expect(await remembered()).toEqual([all[4], all[5], all[0]]);
    await rebuild({ db, source: store, model: deliveriesProjection });
    expect(await rows()).toEqual(before);
  });

  it('is left for the next sweep when something happened to it meanwhile', async () => {
    const [id = '', other = ''] = ids(2);
    await receive(id, day(0));
    await receive(other, day(0));
    await caughtUp();
    await projection.stop();
    await park(id);
    const job = jobOn(100);
    const sweep = job.sweep();
    await expect.poll(() => eventsOf(FORGOTTEN_STREAM)).toBe(1);
    projection = runProjection({ db, keeper, source: store, model: deliveriesProjection });
    await sweep;
    expect(await remembered()).toEqual([id]);
    await job.sweep();
    expect(await remembered()).toEqual([]);
    expect(reported).toEqual([{ received: 1 }, { parked: 1 }]);
  });
});

describe('a sweep', () => {
  it('goes through any number, batch by batch', async () => {
    const all = ids(1_203);
    for (const id of all) await receive(id, day(0));
    await receive('powens_young', day(60));
    await caughtUp();
    await jobOn(100).sweep();
    expect(await remembered()).toEqual(['powens_young']);
    expect(reported).toEqual([{ received: 500 }, { received: 500 }, { received: 203 }]);
  });

  it.each(['while it deletes streams', 'before it says so'])(
    'that dies %s is finished by the next one, and dedupe holds for what it did not reach',
    async (moment) => {
      const all = ids(12);
      for (const id of all) await receive(id, day(0));
      await caughtUp();
      let deletions = 0;
      const dying = Object.assign(Object.create(store) as InMemoryEventStore, {
        deleteStream: async (stream: string, expected: bigint) => {
          deletions += 1;
          if (moment === 'while it deletes streams' && deletions > 5) throw new Error('killed');
          await store.deleteStream(stream, expected);
        },
        append: () => Promise.reject(new Error('killed')),
        readStream: store.readStream.bind(store),
      });
      await expect(jobOn(100, { store: dying }).sweep()).rejects.toThrow('killed');
      expect(await remembered()).toEqual(all);
      const again = await Promise.all(all.map((id) => receive(id, day(100))));
      expect(again.filter(Boolean)).toHaveLength(moment === 'before it says so' ? 12 : 5);
      await caughtUp();
      await jobOn(100).sweep();
      const came = all.filter((_, index) => again[index]);
      expect((await remembered()).toSorted()).toEqual(came.toSorted());
    },
  );

  it('is left to the process that is at it', async () => {
    const [id = ''] = ids(1);
    await receive(id, day(0));
    await caughtUp();
    const elsewhere = new LockKeeper(db);
    const lock = await elsewhere.tryLock('passerelle:age-out-deliveries');
    await jobOn(100).sweep();
    expect(await remembered()).toEqual([id]);
    await lock?.release();
    await elsewhere.close();
    await jobOn(100).sweep();
    expect(await remembered()).toEqual([]);
  });

  it('ends when it is asked to', async () => {
    const [id = ''] = ids(1);
    await receive(id, day(0));
    await caughtUp();
    await jobOn(100).sweep(AbortSignal.abort());
    expect(await remembered()).toEqual([id]);
  });
});
