import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WebhookRequest } from '../webhook.js';
import { fixtureBytes } from './fixtures.js';
import { powensWebhookReader, signPowens } from './webhook.js';

const SECRET = 's3cr3t';
const DATE = '2026-03-14T05:12:33.481920Z';
const SYNCED = '/webhooks/powens/connection-synced';
const { read } = powensWebhookReader(['older', SECRET]);
const bytes = (text: string) => new TextEncoder().encode(text);

const request = (path: string, rawBody: Uint8Array, headers: WebhookRequest['headers']): WebhookRequest => ({
  path,
  rawBody,
  headers,
  receivedAt: '2026-03-14T05:12:34.000Z',
});

const signed = (path: string, rawBody: Uint8Array, date = DATE, secret = SECRET) =>
  request(path, rawBody, {
    'bi-signature': signPowens(secret, { path, date, rawBody }),
    'bi-signature-date': date,
  });

const keyOf = (body: string, date = DATE) => {
  const verdict = read(signed(SYNCED, bytes(body), date));
  return verdict.kind === 'verified' ? verdict.deliveryKey : verdict;
};

const noticeOf = (path: string, body: string | Uint8Array) => {
  const verdict = read(signed(path, typeof body === 'string' ? bytes(body) : body));
  return verdict.kind === 'verified' ? verdict.notice : verdict;
};

const target = (changes: object) => ({
  connectionId: null,
  providerUserId: null,
  providerConnectionId: null,
  providerAccountId: null,
  ...changes,
});

describe('the signature', () => {
  it.each([
    [
      '/v1/webhook-listener',
      '2022-06-27T11:08:52.577831Z',
      '{}',
      'wrh0qgpEIK/01DXjDjzofzDWt/4GkTXF6e/BK+/yA9I=',
    ],
    [
      '/webhooks/powens/connection-deleted',
      '2026-03-14T05:20:00.000001Z',
      '{"id_webhook_data":918274,"id":3107,"id_user":4021,"state":null}',
      'msXB0KWyEX2DJQEG2LxZqOwtF1HWcDphFyd8DO2CG4o=',
    ],
    [
      '/v1/webhook-listener',
      '2022-06-27T11:08:52.577831Z',
      '{"id":1,"name":"Société Générale – dépôt 12 €"}',
      'FbD5nxcycAc9Y0d7ZI0LRk80qR2eMq7BDmZiOAxpqOQ=',
    ],
    [
      SYNCED,
      DATE,
      new TextDecoder().decode(fixtureBytes('connection-synced.body.txt')),
      'oOyb1BEwUxPAhL8txA6SC0WAJqA6oenFrs3chmUJAI8=',
    ],
  ])('agrees with the published vectors: %s %s', (path, date, body, signature) => {
    expect(signPowens(SECRET, { path, date, rawBody: body })).toBe(signature);
    const headers = { 'bi-signature': signature, 'bi-signature-date': date };
    expect(read(request(path, bytes(body), headers))).toMatchObject({
      kind: 'verified',
      scheme: 'powens',
      secretFingerprint: '4e738ca5',
    });
  });

  it('is accepted under every live secret and says under which', () => {
    const body = bytes('{"id_webhook_data":1}');
    expect(read(signed(SYNCED, body, DATE, 'older'))).toMatchObject({ kind: 'verified' });
    expect(read(signed(SYNCED, body, DATE, 'stranger'))).toEqual({
      kind: 'rejected',
      reason: 'wrong-signature',
    });
    expect(powensWebhookReader([]).read(signed(SYNCED, body))).toMatchObject({ kind: 'rejected' });
  });

  it('cannot be made with an empty secret', () => {
    expect(() => powensWebhookReader(['fine', ' '])).toThrow('A webhook secret is empty.');
  });

  const body = bytes('{"id_webhook_data":1}');
  const signature = signPowens(SECRET, { path: SYNCED, date: DATE, rawBody: body });
  const hex = Buffer.from(signature, 'base64').toString('hex');
  it.each([
    ['no header', {}, 'missing-signature'],
    ['no date', { 'bi-signature': signature }, 'missing-signature'],
    ['no signature', { 'bi-signature-date': DATE }, 'missing-signature'],
    ['an empty signature', { 'bi-signature': '', 'bi-signature-date': DATE }, 'missing-signature'],
    [
      'the signature twice',
      { 'bi-signature': [signature, signature], 'bi-signature-date': DATE },
      'malformed-signature',
    ],
    [
      'the signature twice in one line',
      { 'bi-signature': `${signature}, ${signature}`, 'bi-signature-date': DATE },
      'malformed-signature',
    ],
    [
      'the date twice',
      { 'bi-signature': signature, 'bi-signature-date': [DATE, DATE] },
      'malformed-signature',
    ],
    ['hex', { 'bi-signature': hex, 'bi-signature-date': DATE }, 'malformed-signature'],
    [
      'no padding',
      { 'bi-signature': signature.slice(0, -1), 'bi-signature-date': DATE },
      'malformed-signature',
    ],
    [
      'another date',
      { 'bi-signature': signature, 'bi-signature-date': DATE.replace('33', '34') },
      'wrong-signature',
    ],
    [
      'a day that is none',
      { 'bi-signature': signature, 'bi-signature-date': '2026-13-14T05:12:33Z' },
      'malformed-signature',
    ],
    ['no day for a date', { 'bi-signature': signature, 'bi-signature-date': 'now' }, 'malformed-signature'],
  ])('is refused with %s', (_, headers, reason) => {
    expect(read(request(SYNCED, body, headers))).toEqual({ kind: 'rejected', reason });
  });

  it('is refused for another path, another body, one byte more', () => {
    const headers = { 'bi-signature': signature, 'bi-signature-date': DATE };
    const wrong = { kind: 'rejected', reason: 'wrong-signature' };
    expect(read(request('/webhooks/powens/user-deleted', body, headers))).toEqual(wrong);
    expect(read(request(SYNCED, bytes('{"id_webhook_data":2}'), headers))).toEqual(wrong);
    expect(read(request(SYNCED, bytes('{"id_webhook_data":1} '), headers))).toEqual(wrong);
  });

  it('does not let the border between date and body be moved', () => {
    const [day = '', fraction = ''] = DATE.split('.');
    const moved = bytes(`${fraction}.${new TextDecoder().decode(body)}`);
    const headers = { 'bi-signature': signature, 'bi-signature-date': day };
    expect(read(request(SYNCED, moved, headers))).toEqual({
      kind: 'rejected',
      reason: 'malformed-signature',
    });
  });
});

describe('a compressed body', () => {
  const text = fixtureBytes('webhook-connection-deleted.json');
  const path = '/webhooks/powens/connection-deleted';
  const compressed = gzipSync(text);
  const over = (signedBytes: Uint8Array, rawBody: Uint8Array, decodedBody?: Uint8Array) =>
    read({ ...signed(path, signedBytes), rawBody, ...(decodedBody && { decodedBody }) });
  const understood = {
    kind: 'verified',
    deliveryKey: '918283',
    notice: { kind: 'connection-deleted', target: { providerConnectionId: '3107' } },
  };

  it('may be signed as it came or as it reads', () => {
    expect(over(compressed, compressed, text)).toMatchObject(understood);
    expect(over(text, compressed, text)).toMatchObject(understood);
  });

  it('is refused when the signature is over neither', () => {
    const refused = { kind: 'rejected', reason: 'wrong-signature' };
    expect(over(bytes('{}'), compressed, text)).toEqual(refused);
    expect(over(text, compressed)).toEqual(refused);
  });

  it('is decompressed by the door, which bounds it, not while it is verified', () => {
    expect(over(compressed, compressed)).toMatchObject({
      kind: 'verified',
      notice: { kind: 'unrecognised', event: 'connection-deleted' },
    });
  });

  it('has the same identity however often and hard it is compressed', () => {
    const nameless = bytes('{"id":3107}');
    const keys = [0, 9].map((level) => {
      const verdict = over(nameless, gzipSync(nameless, { level }), nameless);
      return verdict.kind === 'verified' ? verdict.deliveryKey : verdict.reason;
    });
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(keys[0]).toBe(keys[1]);
  });

  it('that was stored as it came can be translated later', () => {
    const { translate } = powensWebhookReader([]);
    expect(translate(path, compressed)).toMatchObject(understood.notice);
    expect(translate(path, compressed.subarray(0, 40))).toEqual({
      kind: 'unrecognised',
      event: 'connection-deleted',
    });
  });

  it('that would fill the memory is not understood', () => {
    const padded = '{"id":3107}'.padEnd(64 * 1024 * 1024 + 1);
    const bomb = gzipSync(padded, { level: 1 });
    expect(powensWebhookReader([]).translate(path, bomb)).toEqual({
      kind: 'unrecognised',
      event: 'connection-deleted',
    });
  });
});

describe('the delivery key', () => {
  it('is Powens’ number of the payload, with all its digits', () => {
    expect(keyOf('{"id_webhook_data":18446744073709551615}')).toBe('18446744073709551615');
  });

  it.each([
    '[]',
    '{}',
    'not json',
    '',
    '{"id_webhook_data":null}',
    '{"id_webhook_data":"../x"}',
    '{"id_webhook_data":1.5}',
  ])('is the hash of date and body where that number is missing: %s', (body) => {
    expect(keyOf(body)).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf(body)).toBe(keyOf(body));
    expect(keyOf(body)).not.toBe(keyOf(body, '2026-03-14T05:12:33Z'));
  });
});

describe('the notice', () => {
  const whole = target({ providerUserId: '4021', providerConnectionId: '3107' });

  it.each([
    ['connection-synced', 'connection-synced.body.txt', { kind: 'data-may-have-changed', target: whole }],
    [
      'connection-synced',
      'webhook-connection-synced-in-error.json',
      { kind: 'connection-state', target: { ...whole, providerConnectionId: '3109' }, code: 'SCARequired' },
    ],
    [
      'account-found',
      'webhook-account-found.json',
      { kind: 'account-changed', target: { ...whole, providerAccountId: '8803' }, change: 'found' },
    ],
    [
      'account-synced',
      'webhook-account-synced.json',
      {
        kind: 'data-may-have-changed',
        target: { ...whole, providerAccountId: '8801' },
      },
    ],
    ['connection-deleted', 'webhook-connection-deleted.json', { kind: 'connection-deleted', target: whole }],
  ])(
    'of %s (%s) is read by its path, and by its shape where the path has no event',
    (event, file, notice) => {
      const body = fixtureBytes(file);
      expect(noticeOf(`/webhooks/powens/${event}`, body)).toEqual(notice);
      expect(noticeOf(`/public/prefix/webhooks/powens/${event}`, body)).toEqual(notice);
      expect(noticeOf('/prefix/webhooks/powens', body)).toEqual(notice);
      expect(noticeOf('/v1/webhook-listener', body)).toEqual(notice);
    },
  );

  it('of a deleted user needs the path: by its shape it could as well have been created', () => {
    const body = fixtureBytes('webhook-user-deleted.json');
    const deleted = { kind: 'user-deleted', target: target({ providerUserId: '4021' }) };
    expect(noticeOf('/webhooks/powens/user-deleted', body)).toEqual(deleted);
    expect(noticeOf('/webhooks/powens/USER_DELETED/', body)).toEqual(deleted);
    expect(noticeOf('/webhooks/powens', body)).toEqual({ kind: 'unrecognised', event: null });
  });

  it.each([
    [
      'account-enabled',
      { id: 1, id_connection: 2, id_user: 3, name: 'a', type: 'card', disabled: null },
      'enabled',
    ],
    [
      'account-disabled',
      { id: 1, id_connection: 2, id_user: 3, name: 'a', type: 'card', disabled: DATE },
      'disabled',
    ],
  ])('of %s', (event, body, change) => {
    const notice = {
      kind: 'account-changed',
      target: target({ providerUserId: '3', providerConnectionId: '2', providerAccountId: '1' }),
      change,
    };
    expect(noticeOf(`/webhooks/powens/${event}`, JSON.stringify(body))).toEqual(notice);
    expect(noticeOf('/webhooks/powens', JSON.stringify(body))).toEqual(notice);
  });

  it('asks for nothing where a later event will tell more', () => {
    expect(noticeOf('/webhooks/powens/accounts-fetched', '{}')).toEqual({
      kind: 'nothing-to-do',
      event: 'accounts-fetched',
    });
  });

  it.each([
    ['/webhooks/powens/transactions-invented', '{}', 'transactions-invented'],
    ['/webhooks/powens/constructor', '{}', 'constructor'],
    ['/webhooks/powens/connection-synced', '[]', 'connection-synced'],
    ['/webhooks/powens/connection-synced', '{"connection":null}', 'connection-synced'],
    ['/webhooks/powens/connection-deleted', '{"id":null}', 'connection-deleted'],
    ['/webhooks/powens', '{}', null],
    ['/webhooks/powens', 'null', null],
    ['/webhooks/powens', '{"connection":', null],
    ['/webhooks/powens', '\u0000\uffff', null],
    ['/webhooks/powens', '['.repeat(100_000), null],
    ['/webhooks/powens', '{"__proto__":{"connection":{"id":1}}}', null],
  ])('of what nobody knows is kept as such: %s', (path, body, event) => {
    expect(noticeOf(path, body)).toEqual({ kind: 'unrecognised', event });
  });

  it('survives bytes that are no text', () => {
    expect(noticeOf('/webhooks/powens', new Uint8Array([0xff, 0xfe, 0x00, 0x80]))).toEqual({
      kind: 'unrecognised',
      event: null,
    });
  });
});

describe('the reader', () => {
  it('never throws and never believes what is not signed, whatever comes', () => {
    const header = fc.option(fc.oneof(fc.string(), fc.array(fc.string()), fc.base64String({ minLength: 44, maxLength: 44 }), fc.constant(DATE)), { nil: undefined }); // prettier-ignore
    fc.assert(
      fc.property(
        fc.string(),
        fc.uint8Array({ maxLength: 200 }),
        header,
        header,
        (path, rawBody, signature, date) => {
          const headers = { 'bi-signature': signature, 'bi-signature-date': date };
          expect(read(request(path, rawBody, headers)).kind).toBe('rejected');
          expect(read(signed(path, rawBody)).kind).toBe('verified');
        },
      ),
    );
  });

  it('understands any JSON, or says that it does not', () => {
    const paths = [
      '',
      '/connection-synced',
      '/account-synced',
      '/user-deleted',
      '/user-synced',
      '/account-found',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.json(), (event, json) => {
        expect(read(signed(`/webhooks/powens${event}`, bytes(json))).kind).toBe('verified');
      }),
    );
  });
});
