import { composeIBAN, validateIBAN, ValidationErrorsIBAN } from 'ibantools';

/** The account of the original guide; its check digits are wrong there too. */
export const GUIDE_IBAN = 'FR7612345678901234567890123';

/** The demo bank opens an account of this bank code for whoever asks for it. */
export const isOpenable = (iban: string): boolean => /^FR\d{2}99998\d{18}$/.test(iban);

export const normaliseIban = (text: string): string => text.replace(/\s+/g, '').toUpperCase();

/** Check digits by ISO 13616 for a country and the rest of the IBAN. */
export const withCheckDigits = (country: string, bban: string): string => {
  const digits = `${bban}${country}00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  const check = 98n - (BigInt(digits) % 97n);
  return `${country}${String(check).padStart(2, '0')}${bban}`;
};

/**
 * Why nobody could have this IBAN, with the right one where only its check digits are wrong; `undefined`: somebody
 * could. A client that checks what it is given refuses such an account, so a bank must not open it either. What some
 * countries check within the account number besides (the French RIB key) is not judged.
 */
export const ibanFault = (iban: string): string | undefined => {
  const { errorCodes } = validateIBAN(iban);
  const isSound = errorCodes.every((code) => code === ValidationErrorsIBAN.WrongAccountBankBranchChecksum);
  if (isSound || iban === GUIDE_IBAN) return undefined;
  const right = composeIBAN({ countryCode: iban.slice(0, 2), bban: iban.slice(4) });
  return right === null
    ? 'is no IBAN: its country, its length or a character in it is wrong.'
    : `has wrong check digits; with the right ones it is ${right}.`;
};
