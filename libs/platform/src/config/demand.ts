import { ConfigError } from './config-error.js';

/** The value of a variable that this app cannot do without. @throws {ConfigError} it is not there */
export const demand = <T>(value: T | null, variable: string): T => {
  if (value !== null) return value;
  throw new ConfigError([{ variable, problem: 'is required' }]);
};
