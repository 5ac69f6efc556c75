import { Matches } from 'class-validator';
import { faultOf } from '../field-errors.js';

const PLAIN_TEXT = /^[^\p{Cc}\p{Surrogate}]*$/u;

/**
 * A text that every store can hold. PostgreSQL refuses NUL and half of a character, so that one such id in the log would
 * halt the projections behind it for ever; other control characters have no business in an id either.
 */
export const IsPlainText = (): PropertyDecorator => Matches(PLAIN_TEXT, faultOf('field.unstorable'));
