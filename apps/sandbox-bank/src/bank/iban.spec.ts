import { describe, expect, it } from 'vitest';
import { isOpenable, withCheckDigits } from './iban.js';

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
});
