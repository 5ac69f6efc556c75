import { afterAll } from 'vitest';
import { remainsCleared } from './scenarios/generation.js';
import { inRounds, type Round, testRounds } from './scenarios/rounds.js';
import { startAsStack } from './scenarios/services-as-stack.js';
import { startInProcess } from './scenarios/services-in-process.js';

/** `SCENARIO_SEED=…` plays that one alone; else `SCENARIOS` from `SCENARIOS_FROM` on; the soak plays many more, and longer ones. */
const ONE = process.env['SCENARIO_SEED'];
const FIRST = Number(ONE ?? process.env['SCENARIOS_FROM'] ?? 1);
const COUNT = ONE === undefined ? Number(process.env['SCENARIOS'] ?? 30) : 1;
const PER_ROUND = 10;
/** In every third round the services are a process of their own that dies by SIGKILL. */
const isKilled = (seed: number): boolean => Math.floor((seed - 1) / PER_ROUND) % 3 === 2;

const SHAPE = { days: 6, accounts: 2, rows: 5, trouble: 0.6 };

const rounds = inRounds(FIRST, COUNT, PER_ROUND).map((seeds): Round => {
  const services = isKilled(seeds[0] ?? FIRST)
    ? { start: startAsStack, isPast: true }
    : { start: startInProcess };
  return { seeds, options: { ...SHAPE, ...services } };
});

afterAll(remainsCleared, 60_000);

testRounds(rounds, { command: 'npm test -- random-scenarios', withinMs: 600_000 });
