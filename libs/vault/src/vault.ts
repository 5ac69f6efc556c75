import { hkdfSync, createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError, Secret } from '#kernel';
import { decrypt, decryptBytes, encrypt } from './fernet.js';
import { type FernetKey, parseFernetKey } from './fernet-key.js';

declare const brand: unique symbol;

/** A text that only a {@link Vault} with the right key can read; safe to store and to send. */
export type Sealed = string & { readonly [brand]: 'Sealed' };

/** Reads a stored text as sealed; whether a key opens it shows when it is opened. */
export const asSealed = (text: string): Sealed => text as Sealed;

const HOW_TO_MAKE_ONE = `Make a key with: node -p "crypto.randomBytes(32).toString('base64url') + '='"`;

const keyRing = (keys: string): [FernetKey, ...FernetKey[]] => {
  const parsed = keys.split(',').map((text, index) => {
    const key = parseFernetKey(text.trim());
    if (key) return key;
    const which =
      text.trim() === '' ? 'is empty' : 'is no Fernet key (32 bytes in URL-safe Base64, 44 characters)';
    throw new Error(`ENCRYPTION_KEY: key ${index + 1} ${which}. ${HOW_TO_MAKE_ONE}`);
  });
  const [first, ...others] = parsed;
  if (!first) throw new Error(`ENCRYPTION_KEY is empty. ${HOW_TO_MAKE_ONE}`);
  return [first, ...others];
};

const SIGNING_KEY_BYTES = 32;

/** What is signed for one purpose is worth nothing for another, and tells nothing of the key that seals. */
const signatureOf = ({ signing, encryption }: FernetKey, purpose: string, bytes: Uint8Array): Buffer => {
  const secret = Buffer.concat([signing, encryption]);
  const key = hkdfSync('sha256', secret, '', `passerelle:sign:${purpose}`, SIGNING_KEY_BYTES);
  return createHmac('sha256', Buffer.from(key)).update(bytes).digest();
};

/**
 * Seals texts with a ring of Fernet keys: the first key seals, every key opens. To replace a key, put the new one first
 * and keep the old one until everything was sealed anew.
 */
export class Vault {
  readonly #keys: readonly [FernetKey, ...FernetKey[]];

  /**
   * @param keys one key, or several separated by commas
   * @throws {Error} a key is missing or malformed; the message never contains it
   */
  constructor(keys: string | Secret) {
    this.#keys = keyRing(typeof keys === 'string' ? keys : keys.reveal());
  }

  /** Names the sealing key without telling it: the first eight hex digits of its SHA-256. */
  get fingerprint(): string {
    return this.#keys[0].fingerprint;
  }

  /** Fingerprints of all keys that open, the sealing one first. */
  get fingerprints(): readonly string[] {
    return this.#keys.map((key) => key.fingerprint);
  }

  seal(text: string | Secret): Sealed {
    return encrypt(this.#keys[0], typeof text === 'string' ? text : text.reveal()) as Sealed;
  }

  /** Bytes that need not be a text; sealed bytes that are UTF-8 open as a text, too. */
  sealBytes(bytes: Uint8Array): Sealed {
    return encrypt(this.#keys[0], bytes) as Sealed;
  }

  /** @throws {DomainError} `vault.unknown-key`: no key of the ring opens it, or it was altered */
  open(sealed: Sealed): Secret {
    return new Secret(Buffer.from(this.openBytes(sealed)).toString());
  }

  /** What {@link sealBytes} was given. @throws {DomainError} as {@link open} does */
  openBytes(sealed: Sealed): Uint8Array {
    for (const key of this.#keys) {
      const bytes = decryptBytes(key, sealed);
      if (bytes !== undefined) return bytes;
    }
    throw new DomainError(
      'vault.unknown-key',
      'No key of ENCRYPTION_KEY opens this sealed text: the key that sealed it is missing, or the text was altered. ' +
        'Add the old key behind the new one, separated by a comma.',
      { keys: this.fingerprints },
    );
  }

  /** The same text under the first key; what that key sealed already is returned as it is. */
  reseal(sealed: Sealed): Sealed {
    return decrypt(this.#keys[0], sealed) === undefined ? this.seal(this.open(sealed)) : sealed;
  }

  /** 32 bytes (HMAC-SHA256) that whoever has no key of the ring cannot make, by a key derived from the first for `purpose`. */
  sign(purpose: string, bytes: Uint8Array): Uint8Array {
    return signatureOf(this.#keys[0], purpose, bytes);
  }

  /** Whether any key of the ring signed the bytes for `purpose`; compared in constant time. */
  hasSigned(purpose: string, bytes: Uint8Array, signature: Uint8Array): boolean {
    const matches = this.#keys.map((key) => {
      const expected = signatureOf(key, purpose, bytes);
      return expected.length === signature.length && timingSafeEqual(expected, signature);
    });
    return matches.includes(true);
  }
}
