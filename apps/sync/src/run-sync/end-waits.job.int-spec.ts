import { randomUUID } from 'node:crypto';
import { sync } from '#domain';
import { streamOf } from '#kernel';
import { Database } from '#read-model';
import { engineUrls, InMemoryEventStore } from '#testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SYNC_HISTORY } from '../sync-history/sync-history.projection.js';
import { BEGIN, prepareRuns, runScene } from '../test-run.js';
import { EndWaitsJob } from './end-waits.job.js';

const LATER = '2026-11-22T10:15:00.000Z';
let db: Database;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await prepareRuns(db);
});

const forget = () => db.execute(`DELETE FROM ${SYNC_HISTORY}.runs WHERE created_at = '${BEGIN}'`);
beforeEach(forget);
afterAll(async () => {
  await forget();
  await db.close();
});

/** A run that waits for a bank that failed five connections, or for the provider. */
const scene = async ({ forBank = true } = {}) => {
  const store = new InMemoryEventStore();
  const { connectionId, tenantId, companyId, deps, project, events } = await runScene(db, store);
  const circuit = { provider: 'powens', bank: randomUUID() };
  const closed = { kind: 'closed', failures: 1 } as const;
  const report = (result: 'fault' | 'ok') =>
    deps.circuits.report(circuit, { connectionId: randomUUID(), admission: closed }, result);
  for (let nth = 0; nth < 5; nth += 1) await report('fault');
  const syncId = randomUUID();
  const data = {
    syncId,
    connectionId,
    tenantId,
    companyId,
    trigger: 'schedule',
    causes: [{ requestId: syncId, trigger: 'schedule' }],
    attended: false,
    slot: null,
    requestedAt: BEGIN,
    notBefore: LATER,
    nextAllowedAt: LATER,
    ...(forBank && { leftAlone: { ...circuit, untilTold: true } }),
  };
  await store.append(streamOf(sync.category, connectionId), 'no-stream', [
    { type: 'SyncRequested', data, metadata: deps.metadata(tenantId) },
  ]);
  await project();
  const job = new EndWaitsJob(deps);
  const endWaits = async () => {
    await job.endWaits();
    return (await events()).slice(1);
  };
  return { syncId, heal: () => report('ok'), endWaits, project };
};

it('a run waits no longer for a bank than that is left alone, and its wait ends once', async () => {
  const { syncId, heal, endWaits, project } = await scene();
  expect(await endWaits()).toEqual([]);
  await heal();
  const ended = [{ type: 'SyncJoined', data: { syncId, causes: [], endsWait: true } }];
  expect(await endWaits()).toMatchObject(ended);
  // The history may be behind: the decider knows.
  expect(await endWaits()).toHaveLength(1);
  await project();
  expect(await endWaits()).toHaveLength(1);
  const [row] = await db.query(`SELECT waits, next_allowed_at FROM ${SYNC_HISTORY}.runs WHERE sync_id = $1`, [
    syncId,
  ]);
  expect(row).toEqual({ waits: false, next_allowed_at: null });
});

it('a run that the provider told to wait is not hastened by a bank that is well', async () => {
  const { heal, endWaits } = await scene({ forBank: false });
  await heal();
  expect(await endWaits()).toEqual([]);
});
