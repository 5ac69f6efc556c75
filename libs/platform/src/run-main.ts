import { errorText } from '#kernel';
import { ConfigError } from './config/config-error.js';
import { type RawEnvironment, readEnvironment } from './config/read-environment.js';

export interface Stoppable {
  stop(): Promise<void>;
}

/** The parts of `process` that are used. */
export interface HostProcess {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  exit(code: number): void;
  readonly stderr: { write(text: string): unknown };
}

const EXPECTED = new Set(['ConfigError', 'PortTaken']);

/** Faults that the operator can cure need no stack. */
const explained = (error: unknown): string => {
  if (error instanceof ConfigError || (error instanceof Error && EXPECTED.has(error.name)))
    return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : errorText(error);
};

/**
 * Runs one app as its own process: reads `.env` and the environment, starts, and owns the signals. The first SIGTERM or
 * SIGINT stops the app (also while it starts) and ends with 0, a second one ends at once with 1. A start or stop that
 * fails is told in words on standard error and ends with 1.
 */
export const runMain = async (
  start: (env: RawEnvironment) => Promise<Stoppable>,
  host: HostProcess = process,
  readEnv: () => RawEnvironment = readEnvironment,
): Promise<void> => {
  let signals = 0;
  const asked = new Promise<void>((resolve) => {
    const onSignal = () => {
      signals++;
      if (signals > 1) host.exit(1);
      resolve();
    };
    host.on('SIGTERM', onSignal);
    host.on('SIGINT', onSignal);
  });
  try {
    const running = await start(readEnv());
    await asked;
    await running.stop();
    host.exit(0);
  } catch (error) {
    host.stderr.write(`${explained(error)}\n`);
    host.exit(1);
  }
};
