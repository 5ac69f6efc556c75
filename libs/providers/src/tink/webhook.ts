import { createHash } from 'node:crypto';
import type { ProviderNotice } from '#domain';
import { skimJson } from '../skim-json.js';
import {
  checkedSecrets,
  hmacSha256,
  matchingSecret,
  secretFingerprint,
  singleHeader,
} from '../webhook-secrets.js';
import type { WebhookHead, WebhookReader, WebhookRefusal } from '../webhook.js';
import { readSignature, type TinkSignature } from './read-signature.js';
import { translateNotice } from './translate-notice.js';

/** A clock of Tink's, or ours, may be wrong by this much. */
const FUTURE_SECONDS = 300;

/** Value of Tink's `X-Tink-Signature`: `t` in Unix seconds, `v1` lower-case hex of HMAC-SHA256 over `<t>.<body>`. */
export const signTink = (
  secret: string,
  { t, rawBody }: { readonly t: number; readonly rawBody: string | Uint8Array },
): string => `t=${t},v1=${hmacSha256(secret, `${t}.`, rawBody).toString('hex')}`;

/** A time or a tolerance that is no number lets nothing pass. */
const isTimely = (t: string, receivedAt: string, toleranceSeconds: number): boolean => {
  const age = Date.parse(receivedAt) / 1000 - Number(t);
  return age <= toleranceSeconds && age >= -FUTURE_SECONDS;
};

const signatureOf = (
  { headers, receivedAt }: WebhookHead,
  toleranceSeconds: number,
): WebhookRefusal | TinkSignature => {
  const header = singleHeader(headers, 'x-tink-signature');
  if (header === null) return { kind: 'rejected', reason: 'missing-signature' };
  const signature = header === 'repeated' ? null : readSignature(header.value);
  if (signature === null) return { kind: 'rejected', reason: 'malformed-signature' };
  return isTimely(signature.t, receivedAt, toleranceSeconds)
    ? signature
    : { kind: 'rejected', reason: 'stale-signature' };
};

const translate = (_path: string, rawBody: Uint8Array): ProviderNotice => translateNotice(skimJson(rawBody));

/**
 * Tink's webhooks (Events v2). Tink names no delivery, so signed time and body are its identity: the same bytes under the same
 * time are the same delivery, for as long as they are accepted at all.
 * @param toleranceSeconds oldest signature that is accepted; Tink asks for 300 at least, because its retries may keep their time
 */
export const tinkWebhookReader = (
  secrets: readonly string[],
  { toleranceSeconds }: { readonly toleranceSeconds: number },
): WebhookReader => {
  const live = checkedSecrets(secrets);
  return {
    provider: 'tink',
    scheme: 'tink',
    refusal: (head) => {
      const signature = signatureOf(head, toleranceSeconds);
      return 'kind' in signature ? signature : null;
    },
    translate,
    read: (request) => {
      const { path, rawBody } = request;
      const signature = signatureOf(request, toleranceSeconds);
      if ('kind' in signature) return signature;
      const { t, alternatives } = signature;
      const secret = matchingSecret(live, alternatives, `${t}.`, rawBody);
      if (secret === undefined) return { kind: 'rejected', reason: 'wrong-signature' };
      return {
        kind: 'verified',
        scheme: 'tink',
        secretFingerprint: secretFingerprint(secret),
        deliveryKey: `${t}-${createHash('sha256').update(rawBody).digest('hex')}`,
        signedAt: new Date(Number(t) * 1000).toISOString(),
        notice: translate(path, rawBody),
      };
    },
  };
};
