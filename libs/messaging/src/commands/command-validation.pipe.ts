import { fieldErrors } from '#contracts';
import { ValidationPipe } from '@nestjs/common';
import { PermanentFailure } from './failures.js';

/** Turns the payload into the class that the handler declares; what does not fit is dead at once. */
export const commandValidationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    validationError: { target: true, value: true },
    exceptionFactory: (errors) =>
      new PermanentFailure(
        `The payload is invalid: ${fieldErrors(errors)
          .map(({ field, message }) => `${field}: ${message}`)
          .join('; ')}.`,
      ),
  });
