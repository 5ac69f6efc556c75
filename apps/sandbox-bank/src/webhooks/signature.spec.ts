import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signature, signatureDate } from './signature.js';

const SECRET = 's3cr3t';
/** Kept byte for byte, and as .txt: a formatter that touched it would break its signature. */
const connectionSynced = readFileSync(
  new URL('fixtures/connection-synced.body.txt', import.meta.url),
  'utf8',
);

describe('BI-Signature', () => {
  it.each([
    [
      'V1',
      '/v1/webhook-listener',
      '2022-06-27T11:08:52.577831Z',
      '{}',
      'wrh0qgpEIK/01DXjDjzofzDWt/4GkTXF6e/BK+/yA9I=',
    ],
    [
      'V2',
      '/webhooks/powens/connection-deleted',
      '2026-03-14T05:20:00.000001Z',
      '{"id_webhook_data":918274,"id":3107,"id_user":4021,"state":null}',
      'msXB0KWyEX2DJQEG2LxZqOwtF1HWcDphFyd8DO2CG4o=',
    ],
    [
      'V3, UTF-8',
      '/v1/webhook-listener',
      '2022-06-27T11:08:52.577831Z',
      '{"id":1,"name":"Société Générale – dépôt 12 €"}',
      'FbD5nxcycAc9Y0d7ZI0LRk80qR2eMq7BDmZiOAxpqOQ=',
    ],
    [
      'V4, a whole CONNECTION_SYNCED',
      '/webhooks/powens/connection-synced',
      '2026-03-14T05:12:33.481920Z',
      connectionSynced,
      'oOyb1BEwUxPAhL8txA6SC0WAJqA6oenFrs3chmUJAI8=',
    ],
  ])('is that of vector %s', (_, path, date, body, expected) => {
    expect(signature(SECRET, path, date, body)).toBe(expected);
  });

  it('is computed over the very bytes of the sample', () => {
    expect(createHash('sha256').update(connectionSynced).digest('hex')).toBe(
      'bf69264fae0813e404bffa2f872d55efd8ea50a8733d7d32646ba8a0069ed06b',
    );
  });

  it('is dated with microseconds', () => {
    expect(signatureDate(Date.UTC(2026, 2, 14, 5, 12, 33, 481), 920)).toBe('2026-03-14T05:12:33.481920Z');
    expect(signatureDate(0)).toBe('1970-01-01T00:00:00.000000Z');
  });
});
