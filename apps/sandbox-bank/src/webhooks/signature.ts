import { createHmac } from 'node:crypto';

/** ISO 8601 UTC with microseconds, as the provider writes it into `BI-Signature-Date`. */
export const signatureDate = (instantMs: number, microseconds = 0): string =>
  new Date(instantMs).toISOString().replace('Z', `${String(microseconds).padStart(3, '0')}Z`);

/** base64(HMAC-SHA256(secret, "POST" . path . date . body)); `path` is the listening path without host and query. */
export const signature = (secret: string, path: string, date: string, body: string): string =>
  createHmac('sha256', Buffer.from(secret, 'utf8'))
    .update(`POST.${path}.${date}.`)
    .update(body, 'utf8')
    .digest('base64');
