import { createCipheriv, createDecipheriv, createHmac, randomFillSync, timingSafeEqual } from 'node:crypto';
import { fromBase64Url, toBase64Url } from './base64url.js';
import type { FernetKey } from './fernet-key.js';

/**
 * Fernet tokens, after the public specification (github.com/fernet/spec): version 0x80, 64-bit big-endian seconds, IV,
 * AES-128-CBC with PKCS7 padding, and HMAC-SHA256 over all that, in URL-safe Base64 with padding.
 */
const VERSION = 0x80;
const IV_AT = 9;
const TEXT_AT = 25;
const MAC_BYTES = 32;
const BLOCK_BYTES = 16;
const SHORTEST = TEXT_AT + BLOCK_BYTES + MAC_BYTES;

const macOf = (key: FernetKey, signed: Buffer): Buffer =>
  createHmac('sha256', key.signing).update(signed).digest();

/** Random bytes are drawn for many tokens at once: a call for each costs as much as the cipher. */
const ivs = Buffer.allocUnsafeSlow(256 * BLOCK_BYTES);
let nextIv = ivs.byteLength;

const freshIv = (): Buffer => {
  if (nextIv === ivs.byteLength) {
    randomFillSync(ivs);
    nextIv = 0;
  }
  nextIv += BLOCK_BYTES;
  return Buffer.from(ivs.subarray(nextIv - BLOCK_BYTES, nextIv));
};

export interface EncryptOptions {
  /** Seconds since 1970; default: now. */
  readonly seconds?: bigint;
  /** Default: random. Given only to reproduce known tokens. */
  readonly iv?: Buffer;
}

/** @param text a text, or bytes as they are */
export const encrypt = (key: FernetKey, text: string | Uint8Array, options: EncryptOptions = {}): string => {
  const { seconds = BigInt(Math.floor(Date.now() / 1000)), iv = freshIv() } = options;
  const head = Buffer.alloc(IV_AT);
  head.writeUInt8(VERSION, 0);
  head.writeBigUInt64BE(seconds, 1);
  const cipher = createCipheriv('aes-128-cbc', key.encryption, iv);
  const plain = typeof text === 'string' ? Buffer.from(text) : text;
  const signed = Buffer.concat([head, iv, cipher.update(plain), cipher.final()]);
  return toBase64Url(Buffer.concat([signed, macOf(key, signed)]));
};

export interface DecryptOptions {
  /** Refuse tokens older than this, and those from more than a minute ahead. Default: any age. */
  readonly ttlSeconds?: number;
  /** The present in seconds since 1970, for `ttlSeconds`. */
  readonly nowSeconds?: number;
}

const MAX_SKEW_SECONDS = 60;

const isTimely = (bytes: Buffer, { ttlSeconds, nowSeconds = Date.now() / 1000 }: DecryptOptions): boolean => {
  if (ttlSeconds === undefined) return true;
  const sealedAt = Number(bytes.readBigUInt64BE(1));
  return sealedAt + ttlSeconds >= nowSeconds && sealedAt <= nowSeconds + MAX_SKEW_SECONDS;
};

/** The bytes, or `undefined` when the token is malformed, altered, out of time, or of another key. */
export const decryptBytes = (
  key: FernetKey,
  token: string,
  options: DecryptOptions = {},
): Buffer | undefined => {
  const bytes = fromBase64Url(token);
  if (!bytes || bytes.length < SHORTEST || bytes[0] !== VERSION || !isTimely(bytes, options))
    return undefined;
  const signed = bytes.subarray(0, -MAC_BYTES);
  if (!timingSafeEqual(macOf(key, signed), bytes.subarray(-MAC_BYTES))) return undefined;
  const decipher = createDecipheriv('aes-128-cbc', key.encryption, bytes.subarray(IV_AT, TEXT_AT));
  try {
    return Buffer.concat([decipher.update(signed.subarray(TEXT_AT)), decipher.final()]);
  } catch {
    // Wrong length or padding under a right MAC: whoever made this token did not follow the specification.
    return undefined;
  }
};

/** The text, or `undefined` as {@link decryptBytes} says. */
export const decrypt = (key: FernetKey, token: string, options: DecryptOptions = {}): string | undefined =>
  decryptBytes(key, token, options)?.toString('utf8');
