import { gzipSync } from 'node:zlib';
import type { WebhookFault } from '../settings.js';
import { signature, signatureDate } from './signature.js';

export interface SignedMessage {
  readonly body: string;
  readonly secret: string | null;
  /** The user's token; sent as bearer where no secret is configured. */
  readonly userToken: string | null;
  /** When it is sent, by the sandbox's clock. */
  readonly sentMs: number;
  /** Below the millisecond, so that no two attempts bear the same date. */
  readonly sentMicros: number;
  /** When the event happened. */
  readonly createdMs: number;
  readonly fault: WebhookFault | null;
}

type Headers = Record<string, string | string[]>;

const signed = (message: SignedMessage, secret: string, path: string): Headers => {
  const { body, fault } = message;
  if (fault === 'unsigned') return {};
  const date =
    fault === 'first-date'
      ? signatureDate(message.createdMs)
      : signatureDate(message.sentMs, message.sentMicros);
  const base64 = signature(secret, fault === 'wrong-path' ? `/rewritten${path}` : path, date, body);
  const value = fault === 'hex-signature' ? Buffer.from(base64, 'base64').toString('hex') : base64;
  return {
    'BI-Signature': fault === 'two-signatures' ? [value, value] : value,
    ...(fault !== 'no-date' && { 'BI-Signature-Date': date }),
  };
};

/** The bytes and headers of one attempt, signed as documented, or wrongly in the way that `fault` says. */
export const wireForm = (message: SignedMessage, path: string): { bytes: Buffer; headers: Headers } => {
  const { fault, secret, userToken } = message;
  const text = Buffer.from(message.body);
  const bytes = fault === 'gzip' ? gzipSync(text) : text;
  const authentication =
    secret === null
      ? { ...(userToken !== null && { authorization: `Bearer ${userToken}` }) }
      : signed(message, secret, path);
  return {
    bytes,
    headers: {
      'user-agent': 'Budgea API/2.0',
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(bytes.length),
      ...(fault === 'gzip' && { 'content-encoding': 'gzip' }),
      ...authentication,
    },
  };
};
