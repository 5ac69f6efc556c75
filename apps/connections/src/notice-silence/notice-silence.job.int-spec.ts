import { randomUUID } from 'node:crypto';
import { type RecordedEvent, streamOf } from '#kernel';
import { Database, migrate } from '#read-model';
import { anyMetadata, engineUrls, InMemoryEventStore } from '#testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONNECTION_STATUS } from '../connection-rows.js';
import { connectionStatusProjection } from '../connection-status/connection-status.projection.js';
import type { ConnectionsDeps } from '../connections-deps.js';
import { NoticeSilenceJob } from './notice-silence.job.js';

const day = (index: number): string => new Date(Date.UTC(2026, 5, index)).toISOString();
const metadata = () => anyMetadata({ tenantId: 't' });
const keeper = {
  tryLock: () =>
    Promise.resolve({
      name: 'spec',
      lost: new AbortController().signal,
      release: () => Promise.resolve(),
    }),
};

let db: Database;
const store = new InMemoryEventStore();
beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await migrate(db, CONNECTION_STATUS, connectionStatusProjection.migrations);
});
afterAll(() => db.close());

/** A linked connection whose runs of these days saw these refreshes of the provider. */
const connectionWith = async (runs: readonly (readonly [day: number, refreshed: number])[]) => {
  const connectionId = randomUUID();
  const ids = { connectionId, tenantId: 't', companyId: 'c' };
  const events = [
    { type: 'ConnectionOpened', data: { ...ids, accountId: '1', iban: 'FR76', syncEnabled: true } },
    { type: 'ConnectionLinked', data: { ...ids, providerUserId: 'u', sealedToken: 's', stateHash: null } },
  ];
  const stream = streamOf('connection', connectionId);
  await store.append(
    stream,
    'no-stream',
    events.map((event) => ({ ...event, metadata: metadata() })),
  );
  const ended = runs.map(([at, refreshed]) => ({
    type: 'SyncCompleted',
    data: { connectionId, status: 'success', endedAt: day(at), refreshedAt: day(refreshed) },
  }));
  const recorded = [
    ...events.map((event) => ({ ...event, stream, recordedAt: day(1) })),
    ...ended.map((event) => ({ ...event, stream: streamOf('sync', connectionId), recordedAt: day(1) })),
  ];
  await db.transaction((tx) =>
    connectionStatusProjection.project(tx, CONNECTION_STATUS, recorded as unknown as RecordedEvent[]),
  );
  return async (): Promise<readonly unknown[]> => {
    const told: unknown[] = [];
    for await (const { type, data } of store.readStream(stream)) {
      if (type === 'SilenceNoticed') told.push((data as { refreshedAt: unknown }).refreshedAt);
    }
    return told;
  };
};

it('notices connections that bring nothing though they were looked at, each against its own rhythm, once', async () => {
  const daily = await connectionWith([[1, 1], [2, 2], [3, 3], [4, 3], [5, 3], [7, 3]]); // prettier-ignore
  const weekly = await connectionWith([[1, 1], [8, 8], [15, 15], [22, 15]]); // prettier-ignore
  const unseen = await connectionWith([[1, 1], [2, 2]]); // prettier-ignore
  const deps: Pick<ConnectionsDeps, 'db' | 'store' | 'clock' | 'metadata'> = {
    db,
    store,
    clock: { now: () => day(60) },
    metadata,
  };
  const job = new NoticeSilenceJob(deps as ConnectionsDeps, keeper);
  await job.sweep();
  await job.sweep();
  expect(await daily()).toEqual([day(3)]);
  expect(await weekly()).toEqual([]);
  expect(await unseen()).toEqual([]);
});
