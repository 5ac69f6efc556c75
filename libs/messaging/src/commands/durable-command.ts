import { applyDecorators, UseFilters, UsePipes } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { commandValidationPipe } from './command-validation.pipe.js';
import { RethrowFilter } from './rethrow.filter.js';

/** Names the transport, so that handlers of durable commands and of request/reply may share a controller. */
export const JETSTREAM = Symbol('passerelle.jetstream');

/** What one handler wants otherwise than the strategy's options say. */
export interface DurableCommandOptions {
  /** How many commands of this subject one process handles at once. */
  readonly concurrency?: number;
  /** Failed attempts after which a command is dead. */
  readonly maxAttempts?: number;
}

/**
 * A controller's method that handles the durable commands of a subject: acknowledged after it resolved, tried again
 * after it rejected. The payload is validated against the class that the parameter declares.
 */
export const DurableCommand = (subject: string, options: DurableCommandOptions = {}): MethodDecorator =>
  applyDecorators(
    EventPattern(subject, JETSTREAM, { ...options, isDurable: true }) as MethodDecorator,
    UsePipes(commandValidationPipe()),
    UseFilters(RethrowFilter),
  );
