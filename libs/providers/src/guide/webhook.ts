import type { ProviderNotice } from '#domain';
import { asRecord } from '../json-fields.js';
import { asEventName, asId, NOBODY } from '../notice-target.js';
import { skimJson } from '../skim-json.js';
import {
  checkedSecrets,
  hmacSha256,
  matchingSecret,
  secretFingerprint,
  singleHeader,
} from '../webhook-secrets.js';
import type { WebhookHead, WebhookReader, WebhookRefusal } from '../webhook.js';

const SIGNATURE = /^[0-9a-f]{64}$/;

/** Signature of the original guide: lower-case hex of HMAC-SHA256 over the raw body. */
export const signGuide = (secret: string, rawBody: string | Uint8Array): string =>
  hmacSha256(secret, rawBody).toString('hex');

const noticeOf = (body: unknown): ProviderNotice => {
  const fields = asRecord(body);
  const event = asEventName(fields?.['event_type']);
  if (event === null) return { kind: 'unrecognised', event: null };
  if (event !== 'transactions.new') return { kind: 'nothing-to-do', event };
  const connectionId = asId(fields?.['connection_id']);
  return connectionId === null
    ? { kind: 'unrecognised', event }
    : { kind: 'data-may-have-changed', target: { ...NOBODY, connectionId } };
};

/**
 * Both schemes may share a secret: then Powens' signature over `POST.…` is, in hex, ours over that text as a body. Without this,
 * who once saw a delivery of theirs could make any number of ours.
 */
const isSignedTextOfPowens = (rawBody: Uint8Array): boolean =>
  new TextDecoder().decode(rawBody.subarray(0, 6)) === 'POST./';

const signatureOf = ({ headers }: WebhookHead): WebhookRefusal | Uint8Array => {
  const signature = singleHeader(headers, 'x-powens-signature');
  if (signature === null) return { kind: 'rejected', reason: 'missing-signature' };
  if (signature === 'repeated' || !SIGNATURE.test(signature.value)) {
    return { kind: 'rejected', reason: 'malformed-signature' };
  }
  return Buffer.from(signature.value, 'hex');
};

const translate = (_path: string, rawBody: Uint8Array): ProviderNotice => noticeOf(skimJson(rawBody));

/**
 * The webhook scheme of the application that this system replaces, signed with `X-Powens-Signature`. It has neither an id nor a
 * date, so every request is a delivery of its own; it names our connection, not the provider's.
 */
export const guideWebhookReader = (secrets: readonly string[]): WebhookReader => {
  const live = checkedSecrets(secrets);
  return {
    provider: 'powens',
    scheme: 'guide',
    refusal: (head) => {
      const signature = signatureOf(head);
      return 'kind' in signature ? signature : null;
    },
    translate,
    read: (request) => {
      const { path, rawBody } = request;
      if (isSignedTextOfPowens(rawBody)) return { kind: 'rejected', reason: 'wrong-signature' };
      const signature = signatureOf(request);
      if ('kind' in signature) return signature;
      const secret = matchingSecret(live, [signature], rawBody);
      if (secret === undefined) return { kind: 'rejected', reason: 'wrong-signature' };
      return {
        kind: 'verified',
        scheme: 'guide',
        secretFingerprint: secretFingerprint(secret),
        deliveryKey: null,
        signedAt: null,
        notice: translate(path, rawBody),
      };
    },
  };
};
