import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { ProviderNotice } from '#domain';
import { asRecord, asText } from '../json-fields.js';
import { skimJson } from '../skim-json.js';
import {
  checkedSecrets,
  hmacSha256,
  matchingSecret,
  secretFingerprint,
  singleHeader,
} from '../webhook-secrets.js';
import type { WebhookHead, WebhookReader, WebhookRefusal } from '../webhook.js';
import { translateNotice } from './translate-notice.js';

const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;
/**
 * The signed text is joined by points, so `date` and body could be cut at another point and still verify. Insisting on a whole
 * date with its zone leaves exactly one cut.
 */
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** Powens' signature: standard base64 of HMAC-SHA256 over `POST.<path>.<date>.<body>`; `path` as registered, without query. */
export const signPowens = (
  secret: string,
  delivery: { readonly path: string; readonly date: string; readonly rawBody: string | Uint8Array },
): string =>
  hmacSha256(secret, `POST.${delivery.path}.${delivery.date}.`, delivery.rawBody).toString('base64');

const MAX_DECODED_BYTES = 64 * 1024 * 1024;

/** A stored body is what came over the wire; Powens can be configured to compress. JSON never begins like gzip. */
const decoded = (rawBody: Uint8Array): Uint8Array => {
  if (rawBody[0] !== 0x1f || rawBody[1] !== 0x8b) return rawBody;
  try {
    return gunzipSync(rawBody, { maxOutputLength: MAX_DECODED_BYTES });
  } catch {
    return rawBody;
  }
};

const deliveryKeyOf = (body: unknown, date: string, text: Uint8Array): string => {
  const id = asText(asRecord(body)?.['id_webhook_data']);
  return id !== null && /^\d{1,20}$/.test(id)
    ? id
    : createHash('sha256').update(date).update(text).digest('hex');
};

const noticeOf = (path: string, body: unknown): ProviderNotice =>
  translateNotice(/\/powens\/([^/]+)\/?$/.exec(path)?.[1] ?? null, body);

const signatureOf = ({
  headers,
}: WebhookHead): WebhookRefusal | { readonly signature: Uint8Array; readonly date: string } => {
  const signature = singleHeader(headers, 'bi-signature');
  const date = singleHeader(headers, 'bi-signature-date');
  if (signature === null || date === null) return { kind: 'rejected', reason: 'missing-signature' };
  if (
    signature === 'repeated' ||
    date === 'repeated' ||
    !SIGNATURE.test(signature.value) ||
    !DATE.test(date.value) ||
    Number.isNaN(Date.parse(date.value))
  ) {
    return { kind: 'rejected', reason: 'malformed-signature' };
  }
  return { signature: Buffer.from(signature.value, 'base64'), date: date.value };
};

const translate = (path: string, rawBody: Uint8Array): ProviderNotice =>
  noticeOf(path, skimJson(decoded(rawBody)));

/**
 * Powens' own webhooks, signed with `BI-Signature`. There is no freshness window: a delivery that is retried days later may carry
 * its first date, and a replay is caught by `id_webhook_data`. Where Powens compresses, it is not documented over which bytes it
 * signs: the compressed and the decompressed ones are both accepted.
 */
export const powensWebhookReader = (secrets: readonly string[]): WebhookReader => {
  const live = checkedSecrets(secrets);
  return {
    provider: 'powens',
    scheme: 'powens',
    refusal: (head) => {
      const signed = signatureOf(head);
      return 'kind' in signed ? signed : null;
    },
    translate,
    read: (request) => {
      const signed = signatureOf(request);
      if ('kind' in signed) return signed;
      const { path, rawBody, decodedBody } = request;
      const { signature, date } = signed;
      const secret = [rawBody, decodedBody]
        .filter((bytes) => bytes !== undefined)
        .map((bytes) => matchingSecret(live, [signature], `POST.${path}.${date}.`, bytes))
        .find((match) => match !== undefined);
      if (secret === undefined) return { kind: 'rejected', reason: 'wrong-signature' };
      const text = decodedBody ?? rawBody;
      const body = skimJson(text);
      return {
        kind: 'verified',
        scheme: 'powens',
        secretFingerprint: secretFingerprint(secret),
        deliveryKey: deliveryKeyOf(body, date, text),
        signedAt: date,
        notice: noticeOf(path, body),
      };
    },
  };
};
