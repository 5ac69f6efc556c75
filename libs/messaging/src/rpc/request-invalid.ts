import { type FieldError, fieldErrors } from '#contracts';
import { ValidationPipe } from '@nestjs/common';

/** The request has members that are wrong, missing or unknown. */
export class RequestInvalid extends Error {
  override readonly name = 'RequestInvalid';

  constructor(readonly errors: readonly FieldError[]) {
    super(
      `The request is invalid: ${errors.map(({ field, message }) => `${field}: ${message}`).join('; ')}.`,
    );
  }
}

/** Turns the payload into the class that the handler declares; unknown members are refused. */
export const rpcValidationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: true, value: true },
    exceptionFactory: (errors) => new RequestInvalid(fieldErrors(errors)),
  });
