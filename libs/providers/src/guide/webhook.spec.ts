import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureBytes } from '../powens/fixtures.js';
import { signPowens } from '../powens/webhook.js';
import type { WebhookRequest } from '../webhook.js';
import { guideWebhookReader, signGuide } from './webhook.js';

const SECRET = 's3cr3t';
const { read } = guideWebhookReader(['older', SECRET]);
const bytes = (text: string) => new TextEncoder().encode(text);

const request = (body: string, headers?: WebhookRequest['headers']): WebhookRequest => ({
  path: '/webhooks/powens',
  rawBody: bytes(body),
  headers: headers ?? { 'x-powens-signature': signGuide(SECRET, body) },
  receivedAt: '2026-03-14T05:12:34.000Z',
});

const noticeOf = (body: string) => {
  const verdict = read(request(body));
  return verdict.kind === 'verified' ? verdict.notice : verdict;
};

describe('the guide’s signature', () => {
  it('is lower-case hex of the HMAC of the raw body', () => {
    expect(signGuide(SECRET, fixtureBytes('connection-synced.body.txt'))).toBe(
      'a1d3afc7cdcd4c2b5d3003b47e6aa673167a0d236ed22b047c0a8492345d7dd2',
    );
  });

  const body = '{"event_type":"transactions.new","connection_id":7}';
  const signature = signGuide(SECRET, body);
  it.each([
    ['no header', {}, 'missing-signature'],
    ['an empty header', { 'x-powens-signature': '' }, 'missing-signature'],
    ['two headers', { 'x-powens-signature': [signature, signature] }, 'malformed-signature'],
    ['upper case', { 'x-powens-signature': signature.toUpperCase() }, 'malformed-signature'],
    ['a digit less', { 'x-powens-signature': signature.slice(1) }, 'malformed-signature'],
    ['letters outside ASCII', { 'x-powens-signature': 'é'.repeat(64) }, 'malformed-signature'],
    ['another secret', { 'x-powens-signature': signGuide('other', body) }, 'wrong-signature'],
  ])('is refused with %s', (_, headers, reason) => {
    expect(read(request(body, headers))).toEqual({ kind: 'rejected', reason });
  });

  it('is not Powens’ own signature in another dress', () => {
    const path = '/webhooks/powens/connection-synced';
    const date = '2026-03-14T05:12:33.481920Z';
    const rawBody = '{"id_webhook_data":1}';
    const theirs = Buffer.from(signPowens(SECRET, { path, date, rawBody }), 'base64').toString('hex');
    const dressed = request(`POST.${path}.${date}.${rawBody}`, { 'x-powens-signature': theirs });
    expect(read(dressed)).toEqual({ kind: 'rejected', reason: 'wrong-signature' });
  });

  it('has neither id nor date: each request is a delivery of its own', () => {
    expect(read(request(body))).toEqual({
      kind: 'verified',
      scheme: 'guide',
      secretFingerprint: '4e738ca5',
      deliveryKey: null,
      signedAt: null,
      notice: expect.anything(),
    });
  });
});

describe('the guide’s reader', () => {
  it('never throws and never believes what is not signed, whatever the bytes are', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.option(fc.oneof(fc.string(), fc.array(fc.string()), fc.stringMatching(/^[0-9a-f]{64}$/)), {
          nil: undefined,
        }),
        (rawBody, header) => {
          const headers = { 'x-powens-signature': header };
          expect(read({ ...request(''), rawBody, headers }).kind).toBe('rejected');
          const signed = { 'x-powens-signature': signGuide(SECRET, rawBody) };
          expect(read({ ...request(''), rawBody, headers: signed }).kind).toBe('verified');
        },
      ),
    );
  });
});

describe('the guide’s notice', () => {
  it.each([
    ['a number', '7', '7'],
    ['a big number', '9007199254740993', '9007199254740993'],
    ['a text', '"5e0c"', '5e0c'],
  ])('names our connection by %s', (_, json, connectionId) => {
    expect(noticeOf(`{"event_type":"transactions.new","connection_id":${json}}`)).toEqual({
      kind: 'data-may-have-changed',
      target: { connectionId, providerUserId: null, providerConnectionId: null, providerAccountId: null },
    });
  });

  it('asks for nothing on other events', () => {
    expect(noticeOf('{"event_type":"accounts.new"}')).toEqual({
      kind: 'nothing-to-do',
      event: 'accounts.new',
    });
  });

  it.each(['', '[]', 'null', '{}', '{"event_type":5e}', '{'.repeat(50_000)])(
    'of other bodies is not understood: %#',
    (body) => {
      expect(noticeOf(body)).toEqual({ kind: 'unrecognised', event: null });
    },
  );

  it.each(['', ',"connection_id":null', ',"connection_id":""', ',"connection_id":{}'])(
    'without a connection is not understood: %s',
    (rest) => {
      expect(noticeOf(`{"event_type":"transactions.new"${rest}}`)).toEqual({
        kind: 'unrecognised',
        event: 'transactions.new',
      });
    },
  );
});
