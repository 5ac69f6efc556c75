import { createHash, randomBytes } from 'node:crypto';
import { fromBase64Url, toBase64Url } from './base64url.js';

const KEY_BYTES = 32;
const HALF = 16;

/** A Fernet key, taken apart. */
export interface FernetKey {
  readonly signing: Buffer;
  readonly encryption: Buffer;
  /** First eight hex digits of the key's SHA-256: names it without telling it. */
  readonly fingerprint: string;
}

/** A fresh random key as text. */
export const generateKey = (): string => toBase64Url(randomBytes(KEY_BYTES));

/** `undefined` when the text is no Fernet key: 32 bytes in URL-safe Base64 with padding. */
export const parseFernetKey = (text: string): FernetKey | undefined => {
  const bytes = fromBase64Url(text);
  if (bytes?.length !== KEY_BYTES) return undefined;
  return {
    signing: bytes.subarray(0, HALF),
    encryption: bytes.subarray(HALF),
    fingerprint: createHash('sha256').update(bytes).digest('hex').slice(0, 8),
  };
};
