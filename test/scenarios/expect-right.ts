import { expect } from 'vitest';
import { eventually, expectEventsMatchLedger, quietHistory } from '../harness/index.js';
import { everyEndReceived } from '../resilience/expect-whole.js';
import { expectDeliveriesActedOn } from './expect-deliveries.js';
import { expectGone } from './expect-gone.js';
import { expectHonestHistory } from './expect-honest.js';
import { expectLedgerIsTruth } from './expect-truth.js';
import type { Playthrough } from './playthrough.js';

/** The bank is well and has been looked at anew: the ledger has what the bank has. */
const expectUpToDate = async (play: Playthrough): Promise<void> => {
  const last = await play.lastSync();
  play.tell(`the last sync: ${last.status} ${last.errorCode ?? ''}`);
  expect(last, 'the last sync').toMatchObject({ status: 'success', errorCode: null });
  await expectLedgerIsTruth(play);
};

/** However it ended: ledger, events, history and deliveries are all right. */
export const expectRight = async (play: Playthrough): Promise<void> => {
  if (play.end) await expectGone(play, play.end);
  else await expectUpToDate(play);
  const runs = await quietHistory(play, play.connectionId, { everyMs: 200 });
  await everyEndReceived(play.received, play.connectionId, runs);
  await eventually(() => expectEventsMatchLedger(play, play.received, play.connectionId), {
    withinMs: 20_000,
    everyMs: 200,
  });
  expectHonestHistory(play, runs);
  await expectDeliveriesActedOn(play);
};
