import { setTimeout as pause } from 'node:timers/promises';
import { errorText } from '#kernel';
import { type RandomOptions, randomScenario } from '../../apps/sandbox-bank/src/index.js';
import { seededRandom } from '../soak/random.js';
import { expectRight } from './expect-right.js';
import { Playthrough } from './playthrough.js';
import type { StartServices } from './services.js';
import { Stage } from './stage.js';

const DAY_MS = 86_400_000;
const LATEST_KILL_MS = 150;

export interface RoundOptions extends RandomOptions {
  readonly days: number;
  readonly start: StartServices;
  /** The stories begin so long ago that they end before today: for services that go by the real clock. */
  readonly isPast?: boolean;
}

/** What became of each seed: `null` if all was right, else the error with its story. */
export type Outcomes = ReadonlyMap<number, Error | null>;

/** Several random banks side by side, on one stage whose services are killed on the way. */
class Round {
  readonly #outcomes = new Map<number, Error | null>();
  readonly #random: () => number;
  #plays: readonly Playthrough[] = [];

  constructor(
    private readonly seeds: readonly number[],
    private readonly stage: Stage,
    private readonly options: RoundOptions,
    random: () => number,
  ) {
    this.#random = random;
  }

  async play(): Promise<Outcomes> {
    const { stage, options } = this;
    this.#plays = await Promise.all(this.seeds.map((seed) => Playthrough.load(seed, stage, options)));
    this.#note(`the bank's manners: ${JSON.stringify(stage.manners)}`);
    try {
      await this.#all((play) => play.begin());
      await this.#playDays();
      await this.#settle();
      this.#note('the last day is over');
      await this.#all((play) => play.person.putRight());
      await this.#settle();
      await stage.untilFullReread();
      await this.#settle();
      await this.#all(expectRight);
    } finally {
      await Promise.all(this.#plays.map(({ received }) => received.stop()));
    }
    return new Map(this.seeds.map((seed) => [seed, this.#outcomes.get(seed) ?? null]));
  }

  get #alive(): readonly Playthrough[] {
    return this.#plays.filter(({ seed }) => !this.#outcomes.has(seed));
  }

  #note(line: string): void {
    for (const play of this.#plays) play.tell(line);
  }

  /** Lets all that are still in order do it, side by side. */
  async #all(what: (play: Playthrough) => Promise<void>): Promise<void> {
    await Promise.all(this.#alive.map((play) => this.#attempt(play, what)));
  }

  async #attempt(play: Playthrough, what: (play: Playthrough) => Promise<void>): Promise<void> {
    await what(play).catch(async (error: unknown) => {
      play.story.push(...(await play.history().catch(() => [])));
      const told = play.story.map((line) => `  ${line}`).join('\n');
      this.#outcomes.set(play.seed, new Error(`${errorText(error)}\n${told}\n`, { cause: error }));
    });
  }

  async #playDays(): Promise<void> {
    const killedOn = Math.floor(this.#random() * this.options.days);
    for (let index = 0; index < this.options.days && this.#alive.length > 0; index += 1) {
      await this.#playDay(index === killedOn);
    }
  }

  async #playDay(isKilled: boolean): Promise<void> {
    const coming = await Promise.all(this.#alive.map(async (play) => ({ play, next: await play.next() })));
    const today = coming
      .flatMap(({ play, next }) => (next ? [{ play, next }] : []))
      .toSorted((a, b) => a.next.at.localeCompare(b.next.at));
    const killAfter = isKilled ? Math.floor(this.#random() * today.length) : -1;
    for (const [index, { play, next }] of today.entries()) {
      await this.#attempt(play, () => play.prepareFor(next));
      await this.stage.reach(next.at);
      await this.#attempt(play, () => play.live(next));
      if (index === killAfter) await this.#kill();
    }
    if (this.#random() < 0.8) await this.stage.webhooksArrived();
    await this.#all((play) => play.endDay());
  }

  async #settle(): Promise<void> {
    await this.stage.webhooksArrived();
    await this.#all((play) => play.untilQuiet());
  }

  async #kill(): Promise<void> {
    const afterMs = Math.floor(this.#random() * LATEST_KILL_MS);
    this.#note(`  the services are cut off after ${afterMs} ms and start again`);
    await pause(afterMs);
    await this.stage.killAndStartAgain();
  }
}

/** Where all scenarios of a round begin: as the first of them says, or so long ago that they end before today. */
const beginOf = (first: number, { isPast, ...options }: RoundOptions): string =>
  isPast === true
    ? new Date(Date.now() - (options.days + 6) * DAY_MS).toISOString()
    : (randomScenario(first, options).start ?? '2026-03-24');

/** Plays these seeds side by side to their ends. The same seeds make the same round. */
export const playRound = async (seeds: readonly number[], options: RoundOptions): Promise<Outcomes> => {
  const [first = 0] = seeds;
  const random = seededRandom(first);
  const stage = await Stage.open({
    start: options.start,
    begin: beginOf(first, options),
    seed: `round ${first}`,
    random,
  });
  try {
    return await new Round(seeds, stage, options, random).play();
  } finally {
    await stage.close();
  }
};
