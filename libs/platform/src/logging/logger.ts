import { isatty } from 'node:tty';
import { type DestinationStream, type Logger, pino } from 'pino';
import { correlation } from '../correlation/als-correlation-scope.js';
import { readableLine } from './readable-line.js';
import { redactLine, redactValue } from './redaction.js';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** Stands in every line. */
  readonly app: string;
  readonly level?: string;
  /** Text for people instead of JSON; default: when standard output is a terminal. */
  readonly readable?: boolean;
  /** Where lines go; default: standard output. */
  readonly destination?: DestinationStream;
}

const readableOn = (destination: DestinationStream): DestinationStream => ({
  write: (line) => destination.write(readableLine(line)),
});

/** JSON lines with the app, the correlation id of the work at hand, and without secrets. */
export const createLogger = (options: LoggerOptions): Logger => {
  // Not `process.stdout.isTTY`: in a thread other than the first that is no terminal.
  const readable = options.readable ?? (options.destination === undefined && isatty(1));
  const destination = options.destination ?? pino.destination({ fd: 1, sync: true });
  return pino(
    {
      level: options.level ?? 'info',
      base: { app: options.app },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (members) => redactValue(members) as Record<string, unknown>,
      },
      serializers: { err: (redacted: unknown) => redacted },
      hooks: { streamWrite: redactLine },
      mixin: () => {
        const known = correlation.known();
        return known ? { correlationId: known.correlationId } : {};
      },
    },
    readable ? readableOn(destination) : destination,
  );
};
