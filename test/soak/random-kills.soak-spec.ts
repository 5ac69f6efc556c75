import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  eventually,
  freshIban,
  openAndLink,
  processesIn,
  type ReceivedEvents,
  type Stack,
  startStack,
  subscribeAll,
} from '../harness/index.js';
import { expectWhole } from '../resilience/expect-whole.js';
import { expectGreen } from '../resilience/health.js';
import { seededRandom } from './random.js';

const numberFrom = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** How many rounds, and what all their choices follow from: give both again to repeat a failure. */
const ROUNDS = numberFrom('SOAK_ROUNDS', 20);
const SEED = numberFrom('SOAK_SEED', Date.now() % 1_000_000);

const ENGINES = {
  'event store': /embedded-event-store/,
  NATS: /nats-server /,
  PostgreSQL: /postgres .*-D /,
  bank: /sandbox-bank\/src\/main\.js/,
} as const;
type Victim = keyof typeof ENGINES | 'stack';
const VICTIMS: readonly Victim[] = ['stack', 'stack', 'event store', 'NATS', 'PostgreSQL', 'bank'];

/** The stack gives up on engines that crash more often than five times a minute. */
const MOST_CRASHES = 4;
const CRASH_WINDOW_MS = 65_000;
const LATEST_KILL_MS = 2_500;

const random = seededRandom(SEED);
const upTo = (limit: number): number => Math.floor(random() * limit);
const oneOf = <T>(choices: readonly T[]): T => {
  const choice = choices[upTo(choices.length)];
  if (choice === undefined) throw new RangeError('There is nothing to choose from.');
  return choice;
};

let stack: Stack;
let received: ReceivedEvents;
let crashes: number[] = [];
const opened: { readonly id: string; readonly iban: string }[] = [];
const story: string[] = [];

beforeAll(async () => {
  stack = await startStack();
  received = await subscribeAll(stack);
}, 120_000);
afterAll(async () => {
  await received?.stop();
  await stack?.dispose();
}, 60_000);

const killEngine = async (engine: keyof typeof ENGINES): Promise<void> => {
  crashes.push(Date.now());
  const victim = processesIn(stack.dataDir).find((line) => ENGINES[engine].test(line));
  // It may have been killed a moment ago and not be back yet.
  if (victim === undefined) return;
  process.kill(Number(victim.split(' ')[0]), 'SIGKILL');
  await eventually(() => {
    if (processesIn(stack.dataDir).includes(victim)) throw new Error(`${victim} is still there`);
  });
};

const killStack = async (): Promise<void> => {
  crashes = [];
  await stack.kill();
  await stack.nothingLeft();
  await stack.start();
};

/** A choice is always made, so that a seed means the same kills whatever the machine's speed. */
const kill = async (chosen: Victim): Promise<void> => {
  crashes = crashes.filter((at) => Date.now() - at < CRASH_WINDOW_MS);
  const victim = crashes.length >= MOST_CRASHES ? 'stack' : chosen;
  story.push(`kill ${victim}`);
  await (victim === 'stack' ? killStack() : killEngine(victim));
};

/** Work for one connection: a new one, or new rows for an old one. */
const giveWork = async (): Promise<{ readonly id: string; readonly iban: string }> => {
  const rows = 200 + upTo(3_800);
  const isNew = opened.length === 0 || random() < 0.5;
  story.push(`${isNew ? 'a new account' : 'an old account'}, ${rows} rows`);
  if (!isNew) {
    const known = oneOf(opened);
    await stack.sandbox.postSome(known.iban, rows);
    return known;
  }
  const iban = freshIban();
  await stack.sandbox.openAccount({ iban, count: rows, days: 80 });
  const { id } = await openAndLink(stack, iban);
  opened.push({ id, iban });
  return { id, iban };
};

const playRound = async (): Promise<void> => {
  const { id } = await giveWork();
  for (let kills = 1 + upTo(2); kills > 0; kills--) {
    const [waitMs, victim] = [upTo(LATEST_KILL_MS), oneOf(VICTIMS)];
    story.push(`${waitMs} ms`);
    await pause(waitMs);
    await kill(victim);
  }
  await expectGreen(stack.ports.SYNC_APP_PORT, 120_000);
  await eventually(() => stack.api.getConnection(id));
  await expectWhole(stack, received, id);
};

const inWords = (round: number, error: unknown): Error =>
  new Error(`SOAK_SEED=${SEED}, round ${round} of ${ROUNDS}: ${story.join('; ')}`, { cause: error });

it(`comes out whole of ${ROUNDS} rounds of random kills (SOAK_SEED=${SEED})`, async () => {
  for (let round = 1; round <= ROUNDS; round++) {
    story.length = 0;
    await playRound().catch((error: unknown) => {
      throw inWords(round, error);
    });
  }
  for (const { id } of opened) await expectWhole(stack, received, id);
  expect(opened.length).toBeGreaterThan(0);
});
