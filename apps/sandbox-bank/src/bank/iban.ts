/** The demo bank opens an account of this bank code for whoever asks for it. */
export const isOpenable = (iban: string): boolean => /^FR\d{2}99998\d{18}$/.test(iban);

export const normaliseIban = (text: string): string => text.replace(/\s+/g, '').toUpperCase();

/** Check digits by ISO 13616 for a country and the rest of the IBAN. */
export const withCheckDigits = (country: string, bban: string): string => {
  const digits = `${bban}${country}00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  const check = 98n - (BigInt(digits) % 97n);
  return `${country}${String(check).padStart(2, '0')}${bban}`;
};
