import { createHash } from 'node:crypto';

/**
 * UUID version 5 (RFC 9562) of a name in a namespace. Of our own because each imported row gets one: the usual library takes
 * four times as long, most of it for turning texts into lists of numbers.
 * @param namespace the sixteen bytes of its UUID
 */
export const nameUuid = (namespace: Uint8Array, name: string): string => {
  const hex = createHash('sha1').update(namespace).update(name, 'utf8').digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** The bytes of a UUID in its usual form. */
export const uuidBytes = (uuid: string): Uint8Array => Buffer.from(uuid.replaceAll('-', ''), 'hex');
