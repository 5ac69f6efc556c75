import { ValidateIf } from 'class-validator';

/** `true` for everything but `null`; known by identity to the schema generator, which lists `null` as a type then. */
export const isNotNull = (_object: unknown, value: unknown): boolean => value !== null;

/** The member is always there, but may be `null`: absent facts are `null`, never left out or empty. */
export const Nullable = (): PropertyDecorator => ValidateIf(isNotNull);
