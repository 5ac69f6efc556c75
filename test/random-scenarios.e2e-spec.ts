import { afterAll } from 'vitest';
import { remainsCleared } from './scenarios/generation.js';
import { roundsWanted, testRounds } from './scenarios/rounds.js';

/** The soak plays many more, and longer ones. */
const rounds = roundsWanted({
  first: 1,
  count: 30,
  killedRound: 2,
  shape: { days: 6, accounts: 2, rows: 5, trouble: 0.6 },
});

afterAll(remainsCleared, 60_000);

testRounds(rounds, { command: 'npm test -- random-scenarios', withinMs: 600_000 });
