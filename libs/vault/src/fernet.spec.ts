import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { decrypt, encrypt } from './fernet.js';
import { type FernetKey, generateKey, parseFernetKey } from './fernet-key.js';

const keyOf = (text: string): FernetKey => {
  const key = parseFernetKey(text);
  if (!key) throw new Error('The spec needs a Fernet key.');
  return key;
};

/** The test vectors of the public specification: generate.json, verify.json, invalid.json of github.com/fernet/spec. */
const KEY = keyOf('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=');
const TOKEN =
  'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
const secondsAt = (instant: string): number => Date.parse(instant) / 1000;
const NOW = secondsAt('1985-10-26T01:20:01-07:00');

describe("the specification's vectors", () => {
  it('generate', () => {
    const iv = Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(encrypt(KEY, 'hello', { seconds: BigInt(NOW - 1), iv })).toBe(TOKEN);
  });

  it('verify', () => {
    expect(decrypt(KEY, TOKEN, { ttlSeconds: 60, nowSeconds: NOW })).toBe('hello');
  });

  it.each([
    [
      'incorrect mac',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==',
    ],
    ['too short', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA=='],
    [
      'invalid base64',
      '%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
    ],
    [
      'payload size not multiple of block size',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm',
    ],
    [
      'payload padding error',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==',
    ],
    [
      'far-future TS',
      'gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==',
    ],
    [
      'incorrect IV',
      'gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==',
    ],
    ['trailing characters after b64 padding', `${TOKEN}trailingdata`],
    [
      'invalid characters in b64',
      '*gAAAAAAdwJ6wAAECAwQFBgcI!CQoLDA0ODy021?cpGVWKZ_eEwC@GM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==',
    ],
    [
      'invalid non-urlsafe characters in b64',
      'gAAAAAAdwJ6wAAEC/AwQFBgcICQoLDA0ODy+021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==',
    ],
  ])('invalid: %s', (_, token) => {
    expect(decrypt(KEY, token, { ttlSeconds: 60, nowSeconds: NOW })).toBeUndefined();
  });

  it('invalid: expired TTL, and valid in time', () => {
    const token =
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==';
    const late = secondsAt('1985-10-26T01:21:31-07:00');
    expect(decrypt(KEY, token, { ttlSeconds: 60, nowSeconds: late })).toBeUndefined();
    expect(decrypt(KEY, token, { ttlSeconds: 60, nowSeconds: NOW })).toBe('');
  });
});

it('returns any text as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(decrypt(KEY, encrypt(KEY, text))).toBe(text);
    }),
  );
});

it('notices a change of any single bit', () => {
  const token = Buffer.from(encrypt(KEY, 'a token of a bank'), 'base64url');
  fc.assert(
    fc.property(fc.nat(token.length * 8 - 1), (bit) => {
      const altered = Buffer.from(token);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const text = altered.toString('base64url').padEnd(Math.ceil(altered.length / 3) * 4, '=');
      expect(decrypt(KEY, text)).toBeUndefined();
    }),
  );
});

it('never makes the same token twice, nor the same key', () => {
  const seconds = BigInt(NOW);
  const tokens = Array.from({ length: 1_000 }, () => encrypt(KEY, 'hello', { seconds }));
  expect(new Set(tokens).size).toBe(1_000);
  expect(generateKey()).not.toBe(generateKey());
  expect(parseFernetKey(generateKey())).toBeDefined();
});

it.each([
  '',
  'abc',
  'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4',
  'cw/0x689RpI+jtRR7oE8h/eQsKImvJapLeSbXpwF4e4=',
  'A'.repeat(44),
])('does not take a malformed key (%j)', (text) => {
  expect(parseFernetKey(text)).toBeUndefined();
});
