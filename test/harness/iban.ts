import { randomInt } from 'node:crypto';

/** The sandbox bank opens an account of this bank code for whoever asks for it. */
const SANDBOX_BANK_CODE = '99998';

/** The check digits of ISO 13616 for a French account number. */
export const frenchIban = (bban: string): string => {
  const check = 98n - (BigInt(`${bban}152700`) % 97n);
  return `FR${String(check).padStart(2, '0')}${bban}`;
};

/** The two digits at the end of a French account number. */
const ribKey = (bank: string, branch: string, account: string): string => {
  const sum = 89n * BigInt(bank) + 15n * BigInt(branch) + 3n * BigInt(account);
  return String(97n - (sum % 97n)).padStart(2, '0');
};

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');

/** An IBAN that nobody else uses and that the sandbox bank opens when it is linked. */
export const freshIban = (): string => {
  const [branch, account] = [digits(5), digits(11)];
  return frenchIban(SANDBOX_BANK_CODE + branch + account + ribKey(SANDBOX_BANK_CODE, branch, account));
};

/** A tenant that nobody else uses. */
export const freshTenant = (): string => `t${digits(12)}`;
