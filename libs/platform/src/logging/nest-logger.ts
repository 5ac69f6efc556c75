import { AsyncLocalStorage } from 'node:async_hooks';
import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What Nest tells of its own wiring at every start. */
const FRAMEWORK =
  /^(InstanceLoader|RoutesResolver|RouterExplorer|NestFactory|NestApplication|NestMicroservice)$/;

const current = new AsyncLocalStorage<Logger>();

/** Nest keeps one static logger per process; what runs in here logs as the given app all the same. */
export const logAs = <T>(logger: Logger, work: () => T): T => current.run(logger, work);

/** Nest's lines, written by the logger of the app that is at work (see {@link logAs}), else by the one given. */
export class NestLogger implements LoggerService {
  readonly #fallback: Logger;

  constructor(fallback: Logger) {
    this.#fallback = fallback;
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.#write(FRAMEWORK.test(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  /** Nest's own convention: the last string is the context, an error's stack may come before it. */
  #write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const logger = current.getStore() ?? this.#fallback;
    const texts = rest.filter((item): item is string => typeof item === 'string');
    const context = texts.at(-1);
    const members = {
      ...(context === undefined ? {} : { context }),
      ...(texts.length > 1 ? { stack: texts[0] } : {}),
    };
    if (message instanceof Error) logger[level]({ ...members, err: message }, message.message);
    else if (typeof message === 'string') logger[level](members, message);
    else logger[level]({ ...members, detail: message }, 'Nest');
  }
}
