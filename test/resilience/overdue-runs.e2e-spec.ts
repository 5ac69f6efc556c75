import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  eventually,
  freshIban,
  openLinkAndImport,
  type ReceivedEvents,
  type Stack,
  startStack,
  subscribeAll,
  syncNow,
} from '../harness/index.js';
import { expectWhole } from './expect-whole.js';

const DEADLINE_S = 8;

let stack: Stack;
let received: ReceivedEvents;
beforeAll(async () => {
  stack = await startStack({ env: { SYNC_DEADLINE_SECONDS: String(DEADLINE_S) } });
  received = await subscribeAll(stack);
}, 120_000);
afterAll(async () => {
  await received?.stop();
  await stack?.dispose();
}, 60_000);

it('ends a run whose bank hangs, in words, and the next one imports what that one could not', async () => {
  const iban = freshIban();
  const { id } = await openLinkAndImport(stack, iban);
  await stack.sandbox.configure({ webhooksPaused: true });
  await stack.sandbox.postSome(iban, 3);
  await stack.sandbox.fault({ kind: 'hang', path: '/transactions', times: 1 });
  const { id: syncId } = await stack.api.requestSync(id);
  const run = await eventually(
    async () => {
      const found = await stack.api.getSync(syncId);
      expect(found.status).toBe('failure');
      return found;
    },
    { withinMs: 90_000 },
  );
  expect(run).toMatchObject({ errorCode: 'sync.timed-out', transactionsImported: 0 });
  expect(run.errorMessage).toMatch(/start a sync again/);
  await stack.sandbox.call('DELETE', '/faults');
  await eventually(
    async () => {
      expect(await syncNow(stack, id)).toMatchObject({ status: 'success', transactionsImported: 3 });
    },
    { withinMs: 90_000 },
  );
  await expectWhole(stack, received, id);
}, 240_000);
