import { afterAll, expect, it } from 'vitest';
import { remainsCleared } from '../scenarios/generation.js';
import { playScenario } from '../scenarios/play-scenario.js';
import { startAsStack } from '../scenarios/services-as-stack.js';
import { startInProcess } from '../scenarios/services-in-process.js';

/** How many random banks, and the seed of the first: `SCENARIO_SEED=…` plays that one alone. */
const ONE = process.env['SCENARIO_SEED'];
const COUNT = ONE === undefined ? Number(process.env['SCENARIOS'] ?? 1_000) : 1;
const FIRST = Number(ONE ?? process.env['SCENARIOS_FROM'] ?? Date.now() % 1_000_000);
/** Every so many seeds, the services are a process of their own that dies by SIGKILL. */
const PROCESS_EVERY = 20;
const SHAPE = { days: 12, accounts: 3, rows: 8, trouble: 0.5 };

afterAll(remainsCleared, 60_000);

it.each(Array.from({ length: COUNT }, (_, index) => FIRST + index))(
  'ends a longer story with the truth of the bank (SCENARIO_SEED=%i)',
  async (seed) => {
    const services =
      seed % PROCESS_EVERY === 0 ? { start: startAsStack, isPast: true } : { start: startInProcess };
    const play = await playScenario(
      seed,
      { ...SHAPE, ...services },
      `SCENARIO_SEED=${seed} npm run soak -- scenarios`,
    );
    expect(
      play.story.some((line) => line.includes('cut off')),
      'the services were killed',
    ).toBe(true);
  },
  600_000,
);
