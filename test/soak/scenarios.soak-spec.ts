import { afterAll } from 'vitest';
import { remainsCleared } from '../scenarios/generation.js';
import { roundsWanted, testRounds } from '../scenarios/rounds.js';

const rounds = roundsWanted({
  first: Date.now() % 1_000_000,
  count: 1_000,
  killedRound: 10,
  shape: { days: 12, accounts: 3, rows: 8, trouble: 0.6 },
});

afterAll(remainsCleared, 60_000);

testRounds(rounds, { command: 'npm run soak -- scenarios', withinMs: 1_200_000 });
