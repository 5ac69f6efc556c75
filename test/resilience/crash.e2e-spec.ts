import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SyncView } from '#client';
import { Database } from '#read-model';
import {
  eventually,
  freshIban,
  openAndLink,
  openLinkAndImport,
  processesIn,
  type ReceivedEvents,
  type Stack,
  startStack,
  subscribeAll,
} from '../harness/index.js';
import { expectWhole } from './expect-whole.js';
import { expectGreen } from './health.js';
import { SOON_TAKEN_OVER, whenImportedEvents } from './moments.js';
import { OwnEngines } from './own-engines.js';

const ROWS = 6_000;

const largeAccount = async (stack: Stack): Promise<string> => {
  const iban = freshIban();
  await stack.sandbox.openAccount({ iban, count: ROWS, days: 60 });
  return iban;
};

/** Kills the stack again and again while one and the same run imports; the run must then still be open each time. */
const killDuringImport = async (
  stack: Stack,
  received: ReceivedEvents,
  connectionId: string,
  afterMessages: readonly number[],
): Promise<void> => {
  let interrupted = 0;
  for (const messages of afterMessages) {
    await whenImportedEvents(received, connectionId, messages);
    await stack.kill();
    await stack.nothingLeft();
    await stack.start();
    const { items } = await stack.api.syncs(connectionId, { status: 'pending' });
    interrupted += items.length;
  }
  expect(interrupted, 'kills that met an open run').toBeGreaterThan(0);
};

const POSTGRES = /postgres .*-D /;

/** SIGKILL to an engine of the stack; resolves when it is gone. */
const killEngine = async (stack: Stack, program: RegExp): Promise<void> => {
  const victim = processesIn(stack.dataDir).find((line) => program.test(line)) ?? '';
  process.kill(Number(victim.split(' ')[0]), 'SIGKILL');
  await eventually(() => {
    if (processesIn(stack.dataDir).includes(victim)) throw new Error(`${victim} is still there`);
  });
};

/** Resolves when some pages of a run lie in the staging tables. */
const whenStaged = async (databaseUrl: string): Promise<void> => {
  const db = new Database(databaseUrl);
  try {
    await eventually(async () => {
      const rows = await db.query('SELECT 1 FROM sync_staging.rows LIMIT 1');
      if (rows.length === 0) throw new Error('nothing is staged');
    });
  } finally {
    await db.close();
  }
};

/** The bank's webhook may have asked for another run since; it found nothing new. */
const expectOneImport = (runs: readonly SyncView[]): void => {
  expect(runs.at(-1)).toMatchObject({ status: 'success', trigger: 'link', transactionsImported: ROWS });
};

describe('a stack that is killed during an import', () => {
  let stack: Stack;
  let received: ReceivedEvents;
  beforeAll(async () => {
    stack = await startStack({ env: SOON_TAKEN_OVER });
    received = await subscribeAll(stack);
  }, 120_000);
  afterAll(async () => {
    await received?.stop();
    await stack?.dispose();
  }, 60_000);

  it('takes its engines with it, and finishes the run after the next start: nothing lost, nothing twice', async () => {
    const { id } = await openAndLink(stack, await largeAccount(stack));
    await killDuringImport(stack, received, id, [1, 4, 8]);
    expectOneImport(await expectWhole(stack, received, id));
  }, 300_000);

  it.each([
    ['event store', /embedded-event-store/],
    ['nats-server', /nats-server /],
    ['PostgreSQL', POSTGRES],
  ])(
    'brings back its %s when that is killed in the middle of an import',
    async (_, program) => {
      const iban = freshIban();
      const { id } = await openLinkAndImport(stack, iban);
      const before = received.of('transactions.imported', id).length;
      await stack.sandbox.postSome(iban, 2_500);
      await whenImportedEvents(received, id, before + 1);
      await killEngine(stack, program);
      await expectGreen(stack.ports.SYNC_APP_PORT);
      await eventually(() => stack.api.getConnection(id));
      await expectWhole(stack, received, id);
    },
    240_000,
  );

  it('fetches again what PostgreSQL forgot of the staged pages in a crash between two of them', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    await stack.sandbox.configure({ webhooksPaused: true });
    await stack.sandbox.postSome(iban, 2_500);
    await stack.sandbox.fault({ kind: 'delay', path: '/transactions', delayMs: 1 });
    await stack.sandbox.fault({ kind: 'delay', path: '/transactions', delayMs: 8_000 });
    const { id: syncId } = await stack.api.requestSync(id);
    await whenStaged(stack.endpoints.databaseUrl);
    await killEngine(stack, POSTGRES);
    const runs = await expectWhole(stack, received, id);
    const run = runs.find((each) => each.id === syncId);
    expect(run).toMatchObject({ status: 'success', transactionsImported: 2_500 });
    await stack.sandbox.configure({ webhooksPaused: false });
  }, 240_000);
});

describe('a stack that is killed during an import while its engines stay up', () => {
  let engines: OwnEngines;
  let stack: Stack;
  let received: ReceivedEvents;
  beforeAll(async () => {
    engines = await OwnEngines.start();
    stack = await startStack({ external: engines.urls, env: SOON_TAKEN_OVER });
    received = await subscribeAll(stack);
  }, 120_000);
  afterAll(async () => {
    await received?.stop();
    await stack?.dispose();
    await engines?.dispose();
  }, 60_000);

  it('finishes the run after the next start: nothing lost, nothing twice', async () => {
    const { id } = await openAndLink(stack, await largeAccount(stack));
    await killDuringImport(stack, received, id, [3]);
    expectOneImport(await expectWhole(stack, received, id));
  }, 300_000);
});
