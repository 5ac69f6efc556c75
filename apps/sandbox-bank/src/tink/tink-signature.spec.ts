import { expect, it } from 'vitest';
import { tinkSignature } from './tink-signature.js';

it('signs as in the vector of the documentation', () => {
  const body = '{"context": {...}, "event": "...",  "content": {...}}';
  expect(tinkSignature('top_secret_top_secret_top_secret', 1_620_198_421, body)).toBe(
    't=1620198421,v1=3808bca389150582fd78bdb5e3dfcf46f99ff168d37d60cdc13da7c5e49abefb',
  );
});

it('signs a refresh:finished as in the fact sheet', () => {
  const body =
    '{"context":{"userId":"5f0c2a7be1d94c3c8f6b1d2e3a4b5c6d","externalUserId":"cust-7f3a91"},"content":{"credentialsId":"a3b1c5d7e9f0412486b8cadc0e1f2233","status":"UPDATED","credentialsStatus":"UPDATED","finished":1784620798412,"source":"OPERATION_SOURCE_BACKGROUND","sessionExpiryDate":1791000000000},"event":"refresh:finished"}';
  expect(tinkSignature('s3cr3t', 1_784_620_800, body)).toBe(
    't=1784620800,v1=ac970c56f7f964a739d81ac100a1fe0781f6b8feb55260b92e59a44275e3c692',
  );
});
