import type { RawEnvironment } from '#platform';

/** What surrounds a command; replaced in specs. */
export interface Surroundings {
  readonly env: RawEnvironment;
  /** One line of the answer. */
  readonly say: (line: string) => void;
  /** One line about why there is none. */
  readonly complain: (line: string) => void;
}

export interface Command {
  /** The words that call it: `webhooks register`. */
  readonly name: string;
  /** What may follow the name: `[--provider powens|tink]`. */
  readonly parameters: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** What `--help` tells besides. */
  readonly help: string;
  /**
   * Carries it out.
   * @throws {WrongUsage} the arguments make no sense
   * @throws {Refused} it cannot be done as things are
   */
  run(args: readonly string[], surroundings: Surroundings): Promise<void>;
}

/** The arguments make no sense: answered with the usage, status 64. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

/** It was understood and is not done; the message says what to type or do next. Status 1. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
