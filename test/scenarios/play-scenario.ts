import { expect } from 'vitest';
import { eventually, expectEventsMatchLedger, quietHistory, syncNow } from '../harness/index.js';
import { everyEndReceived } from '../resilience/expect-whole.js';
import { expectHonestHistory } from './expect-honest.js';
import { expectLedgerIsTruth } from './expect-truth.js';
import { type PlayOptions, Playthrough } from './playthrough.js';

/** Plays a random bank to its end with a kill on the way; then ledger, events and history must be right. */
const playToEnd = async (play: Playthrough): Promise<void> => {
  await play.play();
  await play.settle();
  await play.untilFullReread();
  await play.settle();
  const last = await syncNow(play, play.connectionId);
  play.story.push(`the last sync: ${last.status} ${last.errorCode ?? ''}`);
  expect(last, 'the last sync').toMatchObject({ status: 'success', errorCode: null });
  await expectLedgerIsTruth(play);
  const runs = await quietHistory(play, play.connectionId);
  await everyEndReceived(play.received, play.connectionId, runs);
  await eventually(() => expectEventsMatchLedger(play, play.received, play.connectionId), {
    withinMs: 20_000,
  });
  expectHonestHistory(play, runs);
};

/** @throws with the seed, the command that replays it and the story, whatever was not as it must be */
export const playScenario = async (
  seed: number,
  options: PlayOptions,
  replay: string,
): Promise<Playthrough> => {
  const play = await Playthrough.begin(seed, options);
  try {
    await playToEnd(play);
    return play;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const told = play.story.map((line) => `  ${line}`).join('\n');
    throw new Error(`${message}\n\nReplay: ${replay}\n${told}\n`, { cause: error });
  } finally {
    await play.dispose();
  }
};
