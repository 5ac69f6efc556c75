import { randomUUID } from 'node:crypto';
import type { RequestSyncMessage } from '#contracts';
import type { ConnectionEvent } from '#domain';
import type { RecordedEvent } from '#kernel';
import { Database, migrate } from '#read-model';
import { engineUrls } from '#testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AnnounceDueSyncsJob, offsetSeconds } from './announce-due-syncs.job.js';
import { Announcements } from './announcements.js';
import { DUE_CONNECTIONS, dueConnectionsProjection } from './due-connections.projection.js';

const SCHEDULE = { pattern: '0 2 * * *', timeZone: 'Europe/Paris', spreadSeconds: 0 };
const [EVENING, SLOT, NEXT_SLOT] = [
  '2026-11-21T20:00:00.000Z',
  '2026-11-22T01:00:00.000Z',
  '2026-11-23T01:00:00.000Z',
] as const;

let db: Database;
let announcements: Announcements;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  announcements = new Announcements(db);
  await migrate(db, DUE_CONNECTIONS, dueConnectionsProjection.migrations);
  await announcements.prepare();
});

beforeEach(() => db.execute(`DELETE FROM ${DUE_CONNECTIONS}.connections`));
afterAll(() => db.close());

type Step = readonly [type: ConnectionEvent['type'], data?: object];

const project = (connectionId: string, at: string, ...steps: readonly Step[]): Promise<void> =>
  db.transaction((tx) =>
    dueConnectionsProjection.project(
      tx,
      DUE_CONNECTIONS,
      steps.map(
        ([type, data]) =>
          ({ type, data: { connectionId, ...data }, recordedAt: at }) as unknown as RecordedEvent,
      ),
    ),
  );

const OPENED: Step = ['ConnectionOpened', { syncEnabled: true }];
const LINKED: Step = ['ConnectionLinked'];

const linkedAt = async (at: string): Promise<string> => {
  const connectionId = randomUUID();
  await project(connectionId, at, OPENED, LINKED);
  return connectionId;
};

const scheduler = (schedule: Partial<typeof SCHEDULE> = {}) => {
  const published: RequestSyncMessage[] = [];
  let now: string = SLOT;
  let isAway = false;
  const commands = {
    publish: async (_subject: string, message: object) => {
      if (isAway) throw new Error('NATS is away');
      published.push(message as RequestSyncMessage);
    },
  };
  const job = new AnnounceDueSyncsJob(
    announcements,
    commands as never,
    { now: () => now },
    {
      ...SCHEDULE,
      ...schedule,
    },
  );
  const tickAt = (at: string) => {
    now = at;
    return job.tick();
  };
  return { published, tickAt, lose: (away: boolean) => (isAway = away) };
};

describe('a due connection', () => {
  it('is announced once per slot, by any number of replicas, under one request id', async () => {
    const connectionId = await linkedAt(EVENING);
    const [one, other] = [scheduler(), scheduler()];
    await one.tickAt(SLOT);
    await one.tickAt('2026-11-22T12:00:00.000Z');
    await other.tickAt(SLOT);
    expect([...one.published, ...other.published]).toMatchObject([
      { connectionId, trigger: 'schedule', slot: '2026-11-22T02:00' },
    ]);
    await db.execute('DELETE FROM scheduler.announced WHERE connection_id = $1', [connectionId]);
    await other.tickAt(SLOT);
    expect(other.published[0]?.requestId).toBe(one.published[0]?.requestId);
    await one.tickAt(NEXT_SLOT);
    expect(one.published.map(({ slot }) => slot)).toEqual(['2026-11-22T02:00', '2026-11-23T02:00']);
    expect(one.published[1]?.requestId).not.toBe(one.published[0]?.requestId);
  });

  it('is announced for a slot that was missed, once, and not for the ones before', async () => {
    await linkedAt(EVENING);
    const { published, tickAt } = scheduler();
    await tickAt('2026-11-25T11:00:00.000Z');
    await tickAt('2026-11-25T11:00:02.000Z');
    expect(published.map(({ slot }) => slot)).toEqual(['2026-11-25T02:00']);
  });

  it('is announced later when the queue is away, not forgotten', async () => {
    const connectionId = await linkedAt(EVENING);
    const { published, tickAt, lose } = scheduler();
    lose(true);
    await expect(tickAt(SLOT)).rejects.toThrow('NATS is away');
    lose(false);
    await tickAt('2026-11-22T01:00:02.000Z');
    expect(published).toMatchObject([{ connectionId }]);
  });

  it('has a place of its own within the spread', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => linkedAt(EVENING)));
    const { published, tickAt } = scheduler({ spreadSeconds: 900 });
    await tickAt('2026-11-22T01:07:30.000Z');
    const early = ids.filter((id) => offsetSeconds(id, 900) <= 450);
    expect(new Set(published.map(({ connectionId }) => connectionId))).toEqual(new Set(early));
    await tickAt('2026-11-22T01:15:00.000Z');
    expect(published).toHaveLength(20);
  });
});

describe('the schedule serves', () => {
  const announced = async (...steps: readonly Step[]): Promise<boolean> => {
    const connectionId = randomUUID();
    await project(connectionId, EVENING, ...steps);
    return (await announcements.missing('2026-11-22T02:00', SLOT)).includes(connectionId);
  };

  it.each<[string, boolean, readonly Step[]]>([
    ['a linked connection', true, [OPENED, LINKED]],
    ['none that waits for its link', false, [OPENED, ['LinkStarted']]],
    ['none that is paused', false, [OPENED, LINKED, ['SyncPaused']]],
    ['none that was opened paused', false, [['ConnectionOpened', { syncEnabled: false }], LINKED]],
    ['one that was resumed', true, [OPENED, LINKED, ['SyncPaused'], ['SyncResumed']]],
    [
      'none with a problem that somebody must cure',
      false,
      [OPENED, LINKED, ['UserActionRequired', { owner: 'user' }]],
    ],
    ['one whose problem ends by itself', true, [OPENED, LINKED, ['UserActionRequired', { owner: 'time' }]]],
    ['one that recovered', true, [OPENED, LINKED, ['UserActionRequired'], ['ConnectionRecovered']]],
    ['one that was linked anew', true, [OPENED, LINKED, ['UserActionRequired'], LINKED]],
    ['none that recovered while paused', false, [OPENED, LINKED, ['SyncPaused'], ['ConnectionRecovered']]],
    ['none that is disconnected', false, [OPENED, LINKED, ['ConnectionDisconnected']]],
    ['none that was opened anew', false, [OPENED, LINKED, ['ConnectionDisconnected'], OPENED]],
  ])('%s', async (_words, isDue, steps) => expect(await announced(...steps)).toBe(isDue));

  it('no slot from before the connection was due', async () => {
    const connectionId = await linkedAt('2026-11-22T01:00:01.000Z');
    expect(await announcements.missing('2026-11-22T02:00', SLOT)).not.toContain(connectionId);
    expect(await announcements.missing('2026-11-23T02:00', NEXT_SLOT)).toContain(connectionId);
  });
});
