const SHAPE = /^[A-Za-z0-9_-]*={0,2}$/;

/** URL-safe Base64 with padding, as Fernet wants it. */
export const toBase64Url = (bytes: Buffer): string =>
  bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');

/** The bytes, or `undefined` when the text is not exactly what {@link toBase64Url} makes of them. */
export const fromBase64Url = (text: string): Buffer | undefined => {
  if (!SHAPE.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return toBase64Url(bytes) === text ? bytes : undefined;
};
