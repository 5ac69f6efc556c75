import { fieldError, type FieldError } from '#contracts';
import { DomainError } from '#kernel';
import { composeIBAN, electronicFormatIBAN, validateIBAN, ValidationErrorsIBAN } from 'ibantools';

/** IBANs of the sandbox bank that no real bank could have: the original guide's own example. */
const SANDBOX_IBANS = new Set(['FR7612345678901234567890123']);

const CHECK_DIGITS_AT = 2;
const BBAN_AT = 4;

/**
 * Shape, length and the check digits of ISO 13616. What some countries check within the account number besides (the
 * French RIB key) is left to the bank: an account that it keeps must not be refused here.
 */
const isIban = (iban: string): boolean =>
  validateIBAN(iban).errorCodes.every((code) => code === ValidationErrorsIBAN.WrongAccountBankBranchChecksum);

const rightDigits = (iban: string): string | null => {
  const composed = composeIBAN({ countryCode: iban.slice(0, CHECK_DIGITS_AT), bban: iban.slice(BBAN_AT) });
  return composed?.slice(CHECK_DIGITS_AT, BBAN_AT) ?? null;
};

const refused = (error: FieldError) =>
  new DomainError('request.invalid', 'The request is not valid. See errors.', { errors: [error] });

/**
 * The IBAN in its electronic form (no spaces, capitals).
 * @throws {DomainError} `request.invalid`, saying whether shape, length or check digits are wrong, and which are right
 */
export const checkedIban = (text: string, sandbox: boolean): string => {
  const iban = electronicFormatIBAN(text) ?? '';
  if (isIban(iban) || (sandbox && SANDBOX_IBANS.has(iban))) return iban;
  const digits = rightDigits(iban);
  if (digits === null) throw refused(fieldError('iban', 'field.no-iban'));
  throw refused(fieldError('iban', 'field.iban-check-digits', { digits }));
};
