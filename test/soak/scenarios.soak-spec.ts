import { afterAll } from 'vitest';
import { remainsCleared } from '../scenarios/generation.js';
import { inRounds, type Round, testRounds } from '../scenarios/rounds.js';
import { startAsStack } from '../scenarios/services-as-stack.js';
import { startInProcess } from '../scenarios/services-in-process.js';

/** How many random banks, and the seed of the first: `SCENARIO_SEED=…` plays that one alone. */
const ONE = process.env['SCENARIO_SEED'];
const COUNT = ONE === undefined ? Number(process.env['SCENARIOS'] ?? 1_000) : 1;
const FIRST = Number(ONE ?? process.env['SCENARIOS_FROM'] ?? Date.now() % 1_000_000);
const PER_ROUND = 10;
/** In every tenth round the services are a process of their own that dies by SIGKILL. */
const isKilled = (seed: number): boolean => Math.floor((seed - 1) / PER_ROUND) % 10 === 9;
const SHAPE = { days: 12, accounts: 3, rows: 8, trouble: 0.6 };

const rounds = inRounds(FIRST, COUNT, PER_ROUND).map((seeds): Round => {
  const services = isKilled(seeds[0] ?? FIRST)
    ? { start: startAsStack, isPast: true }
    : { start: startInProcess };
  return { seeds, options: { ...SHAPE, ...services } };
});

afterAll(remainsCleared, 60_000);

testRounds(rounds, { command: 'npm run soak -- scenarios', withinMs: 1_200_000 });
