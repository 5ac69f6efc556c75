import { describe, expect, it } from 'vitest';
import { GUIDE_IBAN, ibanFault, isOpenable, withCheckDigits } from './iban.js';

describe('IBANs of the sandbox', () => {
  it('get the check digits of ISO 13616', () => {
    expect(withCheckDigits('FR', '99998000010000000452127')).toBe('FR7699998000010000000452127');
    expect(withCheckDigits('GB', 'WEST12345698765432')).toBe('GB82WEST12345698765432');
  });

  it('are opened on demand only at the demo bank code', () => {
    expect(isOpenable('FR7699998000010000000452127')).toBe(true);
    expect(isOpenable('FR7612345678901234567890123')).toBe(false);
    expect(isOpenable('FR769999800001000000045212')).toBe(false);
  });

  it.each([
    'FR7699998000010000000452127',
    'FR4999998000010000000452128',
    'GB82WEST12345698765432',
    GUIDE_IBAN,
  ])('have no fault that a client would see: %s', (iban) => expect(ibanFault(iban)).toBeUndefined());

  it.each([
    [
      'FR7699998000010000000010174',
      'has wrong check digits; with the right ones it is FR6199998000010000000010174.',
    ],
    ['FR769999800001000000045212', 'is no IBAN: its country, its length or a character in it is wrong.'],
    ['XX7699998000010000000452127', 'is no IBAN: its country, its length or a character in it is wrong.'],
  ])('are told with what is wrong: %s', (iban, fault) => expect(ibanFault(iban)).toBe(fault));
});
