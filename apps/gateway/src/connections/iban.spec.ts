import { describe, expect, it } from 'vitest';
import { DomainError } from '#kernel';
import { checkedIban } from './iban.js';

const messageOf = (text: string, sandbox = false): unknown => {
  try {
    return checkedIban(text, sandbox);
  } catch (error) {
    return error instanceof DomainError ? error.details : error;
  }
};
const fault = (code: string, message: string, parameters = {}) => ({
  errors: [{ field: 'iban', code, parameters, message }],
});

describe('an IBAN', () => {
  it.each([
    ['FR7699998000010000000452127', 'FR7699998000010000000452127'],
    ['fr76 9999 8000 0100 0000 0452 127', 'FR7699998000010000000452127'],
    ['DE89370400440532013000', 'DE89370400440532013000'],
  ])('is kept in its electronic form: %s', (text, iban) => expect(checkedIban(text, false)).toBe(iban));

  it('is accepted when only the key within a French account number is wrong: its check digits are right', () => {
    expect(checkedIban('FR4999998000010000000452128', false)).toBe('FR4999998000010000000452128');
  });

  it('is told its right check digits', () => {
    const message = 'has wrong check digits: for this account number they are 76';
    const told = fault('field.iban-check-digits', message, { digits: '76' });
    expect(messageOf('FR7799998000010000000452127')).toEqual(told);
  });

  it.each([
    '',
    'FR76',
    'FR769999800001000000045212',
    'XX7699998000010000000452127',
    'FR76é9998000010000000452127',
  ])('is refused for its shape or length: "%s"', (text) => {
    const message = 'is no IBAN: check the country code, the length and the characters';
    expect(messageOf(text)).toEqual(fault('field.no-iban', message));
  });

  it('of the original guide is accepted by the sandbox bank alone', () => {
    const guide = 'FR7612345678901234567890123';
    expect(checkedIban(guide, true)).toBe(guide);
    expect(messageOf(guide)).toMatchObject({ errors: [{ parameters: { digits: '48' } }] });
  });
});
