import { createHash } from 'node:crypto';

export type CursorValue = string | number | boolean | null;

const CHECK_BYTES = 4;

const checkOf = (json: Buffer): Buffer => createHash('sha256').update(json).digest().subarray(0, CHECK_BYTES);

/** An opaque, URL-safe text for the key of the last row of a page (keyset pagination). A bigint comes back as a string. */
export const encodeCursor = (values: readonly (CursorValue | bigint)[]): string => {
  const json = Buffer.from(
    JSON.stringify(values, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  );
  return Buffer.concat([checkOf(json), json]).toString('base64url');
};

/** The values, or `undefined` when the text is no cursor of ours (cut, mistyped, made up). */
export const decodeCursor = (text: string): CursorValue[] | undefined => {
  const bytes = Buffer.from(text, 'base64url');
  const json = bytes.subarray(CHECK_BYTES);
  if (bytes.toString('base64url') !== text || !checkOf(json).equals(bytes.subarray(0, CHECK_BYTES)))
    return undefined;
  const values: unknown = JSON.parse(json.toString());
  return Array.isArray(values) ? values : undefined;
};
