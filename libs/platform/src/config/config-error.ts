/** What is wrong with one variable, and what to write. Never holds a secret. */
export interface ConfigFault {
  readonly variable: string;
  readonly problem: string;
}

/** The environment is not usable. The message lists all faults, one per line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly ConfigFault[]) {
    const lines = faults.map(({ variable, problem }) => `  ${variable}: ${problem}`);
    super(
      `The configuration cannot be used. Set these variables in the environment or in .env:\n${lines.join('\n')}`,
    );
  }
}
