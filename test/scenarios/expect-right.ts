import { expect } from 'vitest';
import { eventually, expectEventsMatchLedger, quietHistory } from '../harness/index.js';
import { everyEndReceived } from '../resilience/expect-whole.js';
import { expectHonestHistory } from './expect-honest.js';
import { expectLedgerIsTruth } from './expect-truth.js';
import type { Playthrough } from './playthrough.js';

/** Every webhook about the connection was acted on, or left alone for a reason. */
const expectDeliveriesActedOn = async (play: Playthrough): Promise<void> => {
  const { connectionId } = play;
  await eventually(
    async () => {
      const { items } = await play.api.listDeliveries({ connectionId, limit: 500 });
      const open = items.filter(({ state }) => state !== 'applied' && state !== 'ignored');
      expect(
        open.map(({ id, state, reason }) => `${id}: ${state} ${reason}`),
        'webhooks without an outcome',
      ).toEqual([]);
      expect(items.length, 'webhooks about the connection').toBeGreaterThan(0);
    },
    { withinMs: 30_000, everyMs: 200 },
  );
};

/** The bank is well and has been looked at anew: ledger, events, history and deliveries are all right. */
export const expectRight = async (play: Playthrough): Promise<void> => {
  const last = await play.lastSync();
  play.tell(`the last sync: ${last.status} ${last.errorCode ?? ''}`);
  expect(last, 'the last sync').toMatchObject({ status: 'success', errorCode: null });
  await expectLedgerIsTruth(play);
  const runs = await quietHistory(play, play.connectionId, { everyMs: 200 });
  await everyEndReceived(play.received, play.connectionId, runs);
  await eventually(() => expectEventsMatchLedger(play, play.received, play.connectionId), {
    withinMs: 20_000,
    everyMs: 200,
  });
  expectHonestHistory(play, runs);
  await expectDeliveriesActedOn(play);
};
