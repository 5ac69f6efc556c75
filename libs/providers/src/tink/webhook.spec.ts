import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSha256 } from '../webhook-secrets.js';
import type { WebhookRequest } from '../webhook.js';
import { tinkWebhooks } from './fixtures.js';
import { signTink, tinkWebhookReader } from './webhook.js';

const SECRET = 's3cr3t';
const T = 1784620800;
const AT_T = '2026-07-21T08:00:00.000Z';
const TOLERANCE = 86_400;
const { read, refusal } = tinkWebhookReader(['older', SECRET], { toleranceSeconds: TOLERANCE });
const bytes = (text: string) => new TextEncoder().encode(text);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const request = (
  body: string | Uint8Array,
  signature: string | readonly string[] | undefined,
  receivedAt = AT_T,
): WebhookRequest => ({
  path: '/webhooks/tink',
  rawBody: typeof body === 'string' ? bytes(body) : body,
  headers: { 'x-tink-signature': signature },
  receivedAt,
});

const received = (seconds: number) => new Date((T + seconds) * 1000).toISOString();
const refused = (reason: string) => ({ kind: 'rejected', reason });

describe('Tink’s signature', () => {
  it('agrees with the vector of Tink’s documentation', () => {
    const secret = 'top_secret_top_secret_top_secret';
    const body = '{"context": {...}, "event": "...",  "content": {...}}';
    const signature = 't=1620198421,v1=3808bca389150582fd78bdb5e3dfcf46f99ff168d37d60cdc13da7c5e49abefb';
    expect(signTink(secret, { t: 1620198421, rawBody: body })).toBe(signature);
    const reader = tinkWebhookReader([secret], { toleranceSeconds: TOLERANCE });
    expect(reader.read(request(body, signature, '2021-05-05T07:07:02.000Z'))).toEqual({
      kind: 'verified',
      scheme: 'tink',
      secretFingerprint: sha256(secret).slice(0, 8),
      deliveryKey: `1620198421-${sha256(body)}`,
      signedAt: '2021-05-05T07:07:01.000Z',
      notice: { kind: 'unrecognised', event: null },
    });
  });

  it.each(tinkWebhooks)('verifies $name', ({ signature, body }) => {
    expect(read(request(body, signature))).toMatchObject({
      kind: 'verified',
      secretFingerprint: '4e738ca5',
      deliveryKey: `${signature.slice(2, 12)}-${sha256(body)}`,
    });
  });

  const body = '{"event":"account:created"}';
  const good = signTink(SECRET, { t: T, rawBody: body });
  const [t = '', v1 = ''] = good.split(',');

  it.each([
    ['a space after the comma', `${t}, ${v1}`],
    ['spaces around', `  ${t} ,\t${v1}  `],
    ['spaces beside the equals signs', `t = ${T},v1 = ${v1.slice(3)}`],
    ['the hash first', `${v1},${t}`],
    ['keys that nobody knows', `v0=abc,${t},scheme=x=y,${v1},v2=,,flag`],
    ['a second hash, of a secret that is not ours', `${t},v1=${'0'.repeat(64)},${v1}`],
    ['a header line of its own', [good]],
  ])('is accepted with %s', (_, signature) => {
    expect(read(request(body, signature))).toMatchObject({ kind: 'verified' });
  });

  it.each([
    ['no header', undefined, 'missing-signature'],
    ['an empty header', '', 'missing-signature'],
    ['two headers', [good, good], 'malformed-signature'],
    ['two headers that Node joined', `${good}, ${good}`, 'malformed-signature'],
    ['no time', v1, 'malformed-signature'],
    ['an empty time', `t=,${v1}`, 'malformed-signature'],
    ['two times', `${t},${t},${v1}`, 'malformed-signature'],
    ['a time with a fraction', `t=${T}.5,${v1}`, 'malformed-signature'],
    ['a time with a sign', `t=+${T},${v1}`, 'malformed-signature'],
    ['a time with a leading zero', `t=0${T},${v1}`, 'malformed-signature'],
    ['a time in hex', `t=0x6a5f2a00,${v1}`, 'malformed-signature'],
    ['a time in digits of another script', `t=١٧٨٤٦٢٠٨٠٠,${v1}`, 'malformed-signature'],
    ['a time in milliseconds', `t=${T}000,${v1}`, 'malformed-signature'],
    ['a date', `t=${AT_T},${v1}`, 'malformed-signature'],
    ['no hash', t, 'malformed-signature'],
    ['an empty hash', `${t},v1=`, 'malformed-signature'],
    ['a hash of another version only', `${t},v0=${v1.slice(3)}`, 'malformed-signature'],
    ['a key in capitals', `${t},V1=${v1.slice(3)}`, 'malformed-signature'],
    ['a hash in capitals', `${t},v1=${v1.slice(3).toUpperCase()}`, 'malformed-signature'],
    ['a digit less', good.slice(0, -1), 'malformed-signature'],
    ['a digit more', `${good}0`, 'malformed-signature'],
    ['base64', `${t},v1=${Buffer.from(v1.slice(3), 'hex').toString('base64')}`, 'malformed-signature'],
    ['a bare digest', v1.slice(3), 'malformed-signature'],
    ['one hash right and one cut', `${t},${v1},v1=ab`, 'malformed-signature'],
    ['more hashes than a rotation needs', `${t}${`,${v1}`.repeat(5)}`, 'malformed-signature'],
    ['the hash of the body alone', `${t},v1=${hmacSha256(SECRET, body).toString('hex')}`, 'wrong-signature'],
    ['another time', `t=${T + 1},${v1}`, 'wrong-signature'],
    ['another secret', signTink('other', { t: T, rawBody: body }), 'wrong-signature'],
  ])('is refused with %s', (_, signature, reason) => {
    expect(read(request(body, signature))).toEqual(refused(reason));
  });

  it('is refused for another body, also one that says the same', () => {
    for (const other of ['{"event":"account:updated"}', '{ "event":"account:created"}', `${body}\n`, '']) {
      expect(read(request(other, good))).toEqual(refused('wrong-signature'));
    }
  });

  it('is accepted under every live secret and says under which', () => {
    const older = read(request(body, signTink('older', { t: T, rawBody: body })));
    expect(older).toMatchObject({ kind: 'verified', secretFingerprint: sha256('older').slice(0, 8) });
  });

  it('of whatever secret is refused while none is live', () => {
    const { read: none } = tinkWebhookReader([], { toleranceSeconds: TOLERANCE });
    expect(none(request(body, good))).toEqual(refused('wrong-signature'));
    expect(none(request(body, signTink('', { t: T, rawBody: body })))).toEqual(refused('wrong-signature'));
  });

  it('cannot be checked with an empty secret', () => {
    expect(() => tinkWebhookReader([' '], { toleranceSeconds: TOLERANCE })).toThrow(
      'A webhook secret is empty.',
    );
  });
});

describe('the age of a signature', () => {
  const body = '{}';
  const signature = signTink(SECRET, { t: T, rawBody: body });

  it.each([0, 1, 300, TOLERANCE, -1, -300])('of %i seconds is within tolerance', (age) => {
    expect(read(request(body, signature, received(age)))).toMatchObject({ kind: 'verified', signedAt: AT_T });
  });

  it.each([TOLERANCE + 1, 100 * TOLERANCE, -301, -TOLERANCE])('of %i seconds is not', (age) => {
    const late = request(body, signature, received(age));
    expect(read(late)).toEqual(refused('stale-signature'));
    expect(refusal(late)).toEqual(refused('stale-signature'));
  });

  it.each([Number.NaN, 0, -1])('is not waved through by a tolerance of %d', (toleranceSeconds) => {
    const reader = tinkWebhookReader([SECRET], { toleranceSeconds });
    expect(reader.read(request(body, signature, received(1)))).toEqual(refused('stale-signature'));
  });

  it('is not waved through by a time of receipt that is none', () => {
    expect(read(request(body, signature, 'yesterday'))).toEqual(refused('stale-signature'));
  });
});

const keyOf = (body: string, t = T) => {
  const verdict = read(request(body, signTink(SECRET, { t, rawBody: body })));
  return verdict.kind === 'verified' ? verdict.deliveryKey : null;
};

describe('the delivery key', () => {
  it('is signed time and body, fit for a stream’s name and a URL', () => {
    expect(keyOf('{}')).toBe(`${T}-${sha256('{}')}`);
    expect(keyOf('{}')).toBe(keyOf('{}'));
    expect(keyOf('{}')).not.toBe(keyOf('{}', T + 1));
    expect(keyOf('{}')).not.toBe(keyOf('{} '));
  });

  it('is the same however the header is written', () => {
    const [t = '', v1 = ''] = signTink(SECRET, { t: T, rawBody: '{}' }).split(',');
    expect(read(request('{}', ` ${v1} , ${t}, x=1`))).toMatchObject({ deliveryKey: keyOf('{}') });
  });
});

describe('the reader', () => {
  const header = fc.option(
    fc.oneof(
      fc.string(),
      fc.array(fc.string()),
      fc.stringMatching(/^[0-9a-f]{64}$/).map((hash) => `t=${T},v1=${hash}`),
    ),
    { nil: undefined },
  );

  it('never throws and never believes what is not signed, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), header, (rawBody, signature) => {
        expect(read(request(rawBody, signature)).kind).toBe('rejected');
        expect(read(request(rawBody, signTink(SECRET, { t: T, rawBody }))).kind).toBe('verified');
      }),
    );
  });

  it('condemns from the head what it would condemn with the body, the wrong hash excepted', () => {
    fc.assert(
      fc.property(header, (signature) => {
        const verdict = read(request('{}', signature));
        const early = refusal(request('{}', signature));
        expect(early ?? refused('wrong-signature')).toEqual(verdict);
      }),
    );
  });
});
