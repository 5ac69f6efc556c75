import { setTimeout as pause } from 'node:timers/promises';
import { KurrentEventStore } from '#event-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ChildProgram,
  eventually,
  freePorts,
  inherited,
  openLinkAndImport,
  quietHistory,
  type Stack,
  startStack,
} from '../harness/index.js';
import { expectGreen } from './health.js';

const EVERY_MINUTE = { SYNC_CRON: '* * * * *', SYNC_TIMEZONE: 'UTC', SYNC_SPREAD_SECONDS: '0' };
const MINUTE_MS = 60_000;

let stack: Stack;
let replica: ChildProgram | undefined;
beforeAll(async () => {
  stack = await startStack({ env: EVERY_MINUTE });
}, 120_000);
afterAll(async () => {
  if (replica?.hasExited === false) await replica.stop();
  await stack?.dispose();
}, 60_000);

/** A second scheduler beside the one in the stack, on the same engines. */
const startReplica = async (port: number): Promise<ChildProgram> => {
  const { eventStoreUrl, natsUrl, databaseUrl, apiKey } = stack.endpoints;
  const program = new ChildProgram({
    entry: 'dist/apps/scheduler/src/main.js',
    env: {
      ...inherited(),
      ...EVERY_MINUTE,
      EVENTSTORE_URL: eventStoreUrl,
      NATS_URL: natsUrl,
      DATABASE_URL: databaseUrl,
      PASSERELLE_API_KEY: apiKey,
      ENCRYPTION_KEY: stack.keys().encryptionKey,
      SCHEDULER_PORT: String(port),
    },
    cwd: stack.dataDir,
    logFile: `${stack.dataDir}/logs/scheduler-replica.log`,
  });
  await program.until(() => expectGreen(port), 60_000);
  return program;
};

/** The schedule's slots that runs of the connection served, as the log says; a slot that two runs served stands here twice. */
const slotsServed = async (connectionId: string): Promise<readonly string[]> => {
  const store = new KurrentEventStore(stack.endpoints.eventStoreUrl);
  const slotByRun = new Map<string, string>();
  try {
    for await (const { data } of store.readStream(`sync-${connectionId}`)) {
      const { syncId, slot } = data as { syncId: string; slot?: string | null };
      if (typeof slot === 'string') slotByRun.set(`${syncId} ${slot}`, slot);
    }
  } finally {
    await store.close();
  }
  return [...slotByRun.values()];
};

const minuteOf = (instant: number): number => Math.floor(instant / MINUTE_MS);
const slotOf = (minute: number): string => new Date(minute * MINUTE_MS).toISOString().slice(0, 16);

it('serves every slot once per active connection: with two schedulers, over a restart, and when it was missed', async () => {
  const active = await openLinkAndImport(stack);
  const paused = await openLinkAndImport(stack, undefined, { syncEnabled: false });
  const [port = 0] = await freePorts(1);
  replica = await startReplica(port);
  await eventually(async () => expect(await slotsServed(active.id)).not.toEqual([]), {
    withinMs: 2 * MINUTE_MS,
  });
  await replica.kill();
  replica = await startReplica(port);
  const served = await slotsServed(active.id);

  await replica.stop();
  await stack.kill();
  await stack.nothingLeft();
  const missed = minuteOf(Date.now()) + 1;
  await pause(missed * MINUTE_MS - Date.now() + 500);
  await stack.start();
  const all = await eventually(
    async () => {
      const slots = await slotsServed(active.id);
      expect(slots.at(-1)?.localeCompare(slotOf(missed))).toBeGreaterThanOrEqual(0);
      return slots;
    },
    { withinMs: MINUTE_MS },
  );
  expect(all.slice(0, served.length)).toEqual(served);
  expect(all, 'a slot that was served twice').toHaveLength(new Set(all).size);
  const history = await quietHistory(stack, active.id);
  expect(history.filter(({ trigger }) => trigger === 'schedule')).toHaveLength(all.length);
  expect(await slotsServed(paused.id), 'slots of a paused connection').toEqual([]);
}, 360_000);
