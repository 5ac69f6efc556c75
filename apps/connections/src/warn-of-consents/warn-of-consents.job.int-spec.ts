import { randomUUID } from 'node:crypto';
import type { ConnectionEvent } from '#domain';
import { type RecordedEvent, streamOf } from '#kernel';
import { Database, migrate } from '#read-model';
import { anyMetadata, engineUrls, InMemoryEventStore } from '#testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONNECTION_STATUS } from '../connection-rows.js';
import { connectionStatusProjection } from '../connection-status/connection-status.projection.js';
import type { ConnectionsDeps } from '../connections-deps.js';
import { WarnOfConsentsJob } from './warn-of-consents.job.js';

const OPENED_AT = '2026-05-01T08:00:00.000Z';
const EXPIRES = '2026-08-01T10:00:00.000Z';

let db: Database;
const store = new InMemoryEventStore();
beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await migrate(db, CONNECTION_STATUS, connectionStatusProjection.migrations);
});
afterAll(() => db.close());

const keeper = {
  tryLock: () =>
    Promise.resolve({ name: 'spec', lost: new AbortController().signal, release: () => Promise.resolve() }),
};

const scene = () => {
  const tenantId = randomUUID();
  const metadata = () => anyMetadata({ tenantId });
  let now = OPENED_AT;
  const deps: Pick<ConnectionsDeps, 'db' | 'store' | 'clock' | 'metadata'> = {
    db,
    store,
    clock: { now: () => now },
    metadata,
  };
  const jobs = [0, 1].map(() => new WarnOfConsentsJob(deps as ConnectionsDeps, keeper));
  const linkedUntil = async (
    expiresAt: string,
    ...more: readonly ConnectionEvent['type'][]
  ): Promise<string> => {
    const connectionId = randomUUID();
    const ids = { connectionId, tenantId, companyId: 'c' };
    const event = (type: string, data: object = {}) => ({
      type,
      data: { ...ids, ...data },
      metadata: metadata(),
    });
    const events = [
      event('ConnectionOpened', { accountId: '1', iban: 'FR76', provider: 'powens', syncEnabled: true }),
      event('ConnectionLinked', {
        providerUserId: 'u',
        providerConnectionId: 'p',
        sealedToken: 's',
        stateHash: null,
      }),
      event('ConsentObserved', { expiresAt }),
      ...more.map((type) => event(type)),
    ];
    const stream = streamOf('connection', connectionId);
    await store.append(stream, 'no-stream', events);
    const recorded = events.map(({ type, data }) => ({ stream, type, data, recordedAt: OPENED_AT }));
    await db.transaction((tx) =>
      connectionStatusProjection.project(tx, CONNECTION_STATUS, recorded as unknown as RecordedEvent[]),
    );
    return connectionId;
  };
  const warnings = async (connectionId: string): Promise<readonly unknown[]> => {
    const told: unknown[] = [];
    for await (const { type, data } of store.readStream(streamOf('connection', connectionId))) {
      if (type === 'ConsentExpiring') told.push((data as { withinDays: unknown }).withinDays);
    }
    return told;
  };
  const sweepAt = async (instant: string): Promise<void> => {
    now = instant;
    // The row is never projected again here: what was told already is known from the log alone.
    await Promise.all(jobs.map((job) => job.sweep()));
  };
  return { linkedUntil, warnings, sweepAt };
};

describe('consents that soon end', () => {
  it('are warned about once each threshold, by any number of processes, and the current one only after a time off', async () => {
    const { linkedUntil, warnings, sweepAt } = scene();
    const id = await linkedUntil(EXPIRES);
    await sweepAt('2026-07-01T00:00:00.000Z');
    expect(await warnings(id)).toEqual([]);
    await sweepAt('2026-07-03T00:00:00.000Z');
    await sweepAt('2026-07-03T01:00:00.000Z');
    expect(await warnings(id)).toEqual([30]);
    await sweepAt('2026-07-26T00:00:00.000Z');
    expect(await warnings(id)).toEqual([30, 7]);
    await sweepAt('2026-08-02T00:00:00.000Z');
    expect(await warnings(id)).toEqual([30, 7]);
  });

  it('are those of linked connections, however paused or broken', async () => {
    const { linkedUntil, warnings, sweepAt } = scene();
    const paused = await linkedUntil(EXPIRES, 'SyncPaused');
    const ended = await linkedUntil(EXPIRES, 'ConnectionDisconnected');
    const far = await linkedUntil('2026-12-01T00:00:00.000Z');
    await sweepAt('2026-07-31T12:00:00.000Z');
    expect(await Promise.all([paused, ended, far].map(warnings))).toEqual([[1], [], []]);
  });
});
