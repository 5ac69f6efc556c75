import type { ValidationError } from '@nestjs/common';

export interface FieldError {
  /** Path of the member, as `accounts.0.iban`. */
  readonly field: string;
  readonly message: string;
}

/** One entry per broken rule, nested members with their whole path. */
export const flattenErrors = (errors: readonly ValidationError[], parent = ''): FieldError[] =>
  errors.flatMap((error) => {
    const field = parent ? `${parent}.${error.property}` : error.property;
    const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
    return [...own, ...flattenErrors(error.children ?? [], field)];
  });
