import { afterAll, expect, it } from 'vitest';
import { remainsCleared } from './scenarios/generation.js';
import { playScenario } from './scenarios/play-scenario.js';
import { startInProcess } from './scenarios/services-in-process.js';

/**
 * `SCENARIO_SEED=…` plays that one alone; else so many from the first on. Each takes ten to fifteen seconds, or forty where the
 * kill hits a run in hand, which NATS hands out again after half a minute: `SCENARIOS=30` for more, and the soak for many.
 */
const ONE = process.env['SCENARIO_SEED'];
const FIRST = 1;
const COUNT = Number(process.env['SCENARIOS'] ?? 5);
const SEEDS = ONE === undefined ? Array.from({ length: COUNT }, (_, index) => FIRST + index) : [Number(ONE)];

afterAll(remainsCleared, 60_000);

it.each(SEEDS)(
  'ends with the truth of the bank, told in order and in honest words (SCENARIO_SEED=%i)',
  async (seed) => {
    const replay = `SCENARIO_SEED=${seed} npm test -- random-scenarios`;
    const play = await playScenario(
      seed,
      { start: startInProcess, days: 6, accounts: 2, rows: 5, trouble: 0.5 },
      replay,
    );
    expect(
      play.story.some((line) => line.includes('cut off')),
      'the services were killed',
    ).toBe(true);
  },
  180_000,
);
