import { BadRequestException, ValidationPipe, type ValidationError } from '@nestjs/common';
import type { FieldError } from './problem.js';

const UNKNOWN_FIELD = 'whitelistValidation';

const messagesOf = ({ constraints = {} }: ValidationError): string[] =>
  Object.entries(constraints).map(([rule, message]) =>
    rule === UNKNOWN_FIELD ? 'is not a known field' : message,
  );

/** One entry per broken rule; a nested field has the path to it. */
export const fieldErrors = (errors: readonly ValidationError[], path = ''): FieldError[] =>
  errors.flatMap((error) => {
    const field = path + error.property;
    return [
      ...messagesOf(error).map((message) => ({ field, message })),
      ...fieldErrors(error.children ?? [], `${field}.`),
    ];
  });

/** What an app says of the broken rules of a request. */
export type FieldErrorsOf = (errors: readonly ValidationError[]) => readonly FieldError[];

/** Bodies and queries become instances of their classes; unknown fields are refused, and every fault is told at once. */
export const httpValidationPipe = (errorsOf: FieldErrorsOf = fieldErrors): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    // Faults are told by the rules of the class: Nest leaves the object out by itself, since some would send it.
    validationError: { target: true, value: true },
    exceptionFactory: (errors) =>
      new BadRequestException({
        code: 'request.invalid',
        message: 'The request is not valid. See errors.',
        errors: errorsOf(errors),
      }),
  });
