import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest } from './webhook.js';

export const hmacSha256 = (secret: string, ...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};

const fingerprints = new Map<string, string>();

/** Tells which secret matched without revealing it. Asked for with every webhook, of the few secrets that are live. */
export const secretFingerprint = (secret: string): string => {
  const known = fingerprints.get(secret);
  if (known !== undefined) return known;
  const fingerprint = createHash('sha256').update(secret).digest('hex').slice(0, 8);
  fingerprints.set(secret, fingerprint);
  return fingerprint;
};

/** An empty secret would let anybody sign: refused when the reader is made. */
export const checkedSecrets = (secrets: readonly string[]): readonly string[] => {
  if (secrets.some((secret) => secret.trim() === '')) throw new Error('A webhook secret is empty.');
  return [...secrets];
};

/**
 * The secret under which `parts` have one of these signatures, compared in constant time; several secrets are live during a
 * rotation.
 */
export const matchingSecret = (
  secrets: readonly string[],
  signatures: readonly Uint8Array[],
  ...parts: readonly (string | Uint8Array)[]
): string | undefined =>
  secrets.filter((secret) => {
    const expected = hmacSha256(secret, ...parts);
    const matches = signatures.filter(
      (signature) => expected.length === signature.length && timingSafeEqual(expected, signature),
    );
    return matches.length > 0;
  })[0];

/** The header's one value; `null`: it is absent or empty; `'repeated'` values are nobody's signature. */
export const singleHeader = (
  headers: WebhookRequest['headers'],
  name: string,
): { readonly value: string } | 'repeated' | null => {
  const value = headers[name];
  if (typeof value === 'string') return value === '' ? null : { value };
  const [first, ...others] = value ?? [];
  if (others.length > 0) return 'repeated';
  return first === undefined || first === '' ? null : { value: first };
};
