import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually,
  freshIban,
  openLinkAndImport,
  type ReceivedEvents,
  type Stack,
  startStack,
  subscribeAll,
} from '../harness/index.js';
import { expectWhole } from './expect-whole.js';
import { expectGreen, expectRed } from './health.js';
import { untilOutageEnds, whenPending } from './moments.js';
import { OwnEngines } from './own-engines.js';

let engines: OwnEngines;
let stack: Stack;
let received: ReceivedEvents;
beforeAll(async () => {
  engines = await OwnEngines.start();
  stack = await startStack({ external: engines.urls });
  received = await subscribeAll(stack);
}, 120_000);
afterAll(async () => {
  await received?.stop();
  await stack?.dispose();
  await engines?.dispose();
}, 60_000);

describe('an engine that is away for ten seconds during an import', () => {
  it.each([
    {
      engine: 'NATS, killed',
      part: 'nats',
      away: () => engines.kill('nats'),
      back: () => engines.restart('nats'),
    },
    {
      engine: 'the event store, frozen',
      part: 'event-store',
      away: async () => engines.freeze('event-store'),
      back: async () => engines.thaw('event-store'),
    },
    {
      engine: 'PostgreSQL, killed',
      part: 'database',
      away: () => engines.kill('postgres'),
      back: () => engines.restart('postgres'),
    },
  ])(
    '$engine: health names it, nothing is lost, everything goes on by itself',
    async ({ part, away, back }) => {
      const { SYNC_APP_PORT, CONNECTIONS_PORT } = stack.ports;
      const iban = freshIban();
      const { id } = await openLinkAndImport(stack, iban);
      await stack.sandbox.fault({ kind: 'delay', path: '/transactions', delayMs: 1_500, times: 2 });
      await stack.sandbox.postSome(iban, 2_500);
      await whenPending(stack, id);
      const since = Date.now();
      await away();
      await Promise.all([expectRed(SYNC_APP_PORT, part), expectRed(CONNECTIONS_PORT, part)]);
      await stack.sandbox.postSome(iban, 7);
      await untilOutageEnds(since);
      await back();
      await Promise.all([expectGreen(SYNC_APP_PORT), expectGreen(CONNECTIONS_PORT)]);
      await eventually(() => stack.api.getConnection(id));
      await webhooksDelivered();
      await expectWhole(stack, received, id);
    },
    240_000,
  );
});

const webhooksDelivered = (): Promise<void> =>
  eventually(
    async () => {
      await stack.sandbox.flushWebhooks();
      const waiting = (await stack.sandbox.webhooks()).filter(({ delivered }) => delivered === 0);
      expect(waiting.map(({ lastError }) => lastError)).toEqual([]);
    },
    { withinMs: 60_000 },
  );
