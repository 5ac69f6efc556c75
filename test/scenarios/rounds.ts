import { beforeAll, describe, expect, it } from 'vitest';
import { errorText } from '#kernel';
import type { RandomOptions } from '../../apps/sandbox-bank/src/index.js';
import { type Outcomes, playRound, type RoundOptions } from './play-round.js';
import { startAsStack } from './services-as-stack.js';
import { startInProcess } from './services-in-process.js';

export interface Round {
  readonly seeds: readonly number[];
  readonly options: RoundOptions;
}

export interface Replay {
  /** `npm test -- random-scenarios` */
  readonly command: string;
  /** How long one round may take. */
  readonly withinMs: number;
}

/** So many banks side by side: they wait for much (a bank that does not answer, a pause before the next try) at once. */
const PER_ROUND = 15;

export interface Wanted {
  /** The seed of the first bank, and how many, unless `SCENARIOS_FROM` and `SCENARIOS` say otherwise. */
  readonly first: number;
  readonly count: number;
  /** In each of so many rounds, the last one, the services are a process of their own that dies by SIGKILL. */
  readonly killedRound: number;
  readonly shape: RandomOptions & { readonly days: number };
}

/** Which round a seed belongs to, and so how its services are killed, is the same whatever else is played. */
const isKilled = (seed: number, killedRound: number): boolean =>
  Math.floor((seed - 1) / PER_ROUND) % killedRound === killedRound - 1;

/** The rounds to play; `SCENARIO_SEED=…` plays that one alone. */
export const roundsWanted = ({ first, count, killedRound, shape }: Wanted): readonly Round[] => {
  const { SCENARIO_SEED: one, SCENARIOS_FROM = first, SCENARIOS = count } = process.env;
  const [from, howMany] = one === undefined ? [Number(SCENARIOS_FROM), Number(SCENARIOS)] : [Number(one), 1];
  return Array.from({ length: Math.ceil(howMany / PER_ROUND) }, (_, round) => {
    const begin = from + round * PER_ROUND;
    const length = Math.min(PER_ROUND, howMany - round * PER_ROUND);
    const services = isKilled(begin, killedRound)
      ? { start: startAsStack, isPast: true }
      : { start: startInProcess };
    const seeds = Array.from({ length }, (__, index) => begin + index);
    return { seeds, options: { ...shape, ...services } };
  });
};

/** For whoever watches a long run: how it goes, what went wrong as soon as it is known, and that memory does not grow. */
const report = (outcomes: Outcomes, tookMs: number): void => {
  const seeds = [...outcomes.keys()];
  const failures = [...outcomes.entries()].flatMap(([seed, error]) => (error ? [{ seed, error }] : []));
  const memory = Math.round(process.memoryUsage.rss() / 1_048_576);
  for (const { seed, error } of failures) process.stderr.write(`Seed ${seed}: ${error.message}\n`);
  process.stderr.write(
    `Seeds ${seeds[0]} to ${seeds.at(-1)}: ${seeds.length - failures.length} of ${seeds.length} right in ${Math.round(tookMs / 1_000)} s; ${memory} MiB here.\n`,
  );
};

/** A round that cannot even be played is what became of each of its seeds. */
const played = async ({ seeds, options }: Round): Promise<Outcomes> => {
  try {
    return await playRound(seeds, options);
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(errorText(error));
    return new Map(seeds.map((seed) => [seed, failure]));
  }
};

/** One test for each seed; those of a round are played side by side before the first of them is looked at. */
export const testRounds = (rounds: readonly Round[], { command, withinMs }: Replay): void => {
  for (const round of rounds) {
    const { seeds } = round;
    const [first = 0] = seeds;
    const replay = `SCENARIOS_FROM=${first} SCENARIOS=${seeds.length} ${command}`;
    describe(`a round of ${seeds.length} random banks (${replay})`, () => {
      let outcomes: Outcomes = new Map();
      beforeAll(async () => {
        const begun = performance.now();
        outcomes = await played(round);
        report(outcomes, performance.now() - begun);
      }, withinMs);

      it.each(seeds)('ends with the truth of the bank (SCENARIO_SEED=%i)', (seed) => {
        const error = outcomes.get(seed);
        if (error) {
          const alone = `SCENARIO_SEED=${seed} ${command}`;
          throw new Error(`${error.message}\nReplay: ${replay}\nAlone:  ${alone}\n`, { cause: error.cause });
        }
        expect(error, 'it was played to its end').toBeNull();
      });
    });
  }
};
