import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { signature, signatureDate } from './signature.js';

export interface WebhookMessage {
  /** Listening URL of this event. */
  readonly url: string;
  readonly body: string;
  readonly secret: string | null;
  /** The user's token; sent as bearer where no secret is configured. */
  readonly userToken: string | null;
  readonly timeoutMs: number;
  /** When it is sent, by the sandbox's clock. */
  readonly sentMs: number;
  /** Below the millisecond, so that no two attempts bear the same date. */
  readonly sentMicros: number;
  readonly signal: AbortSignal;
}

export type WebhookOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: string; readonly timeout: boolean };

const headersOf = (message: WebhookMessage, path: string): Record<string, string> => {
  const common = {
    'user-agent': 'Budgea API/2.0',
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(message.body)),
  };
  if (message.secret === null)
    return message.userToken === null ? common : { ...common, authorization: `Bearer ${message.userToken}` };
  const date = signatureDate(message.sentMs, message.sentMicros);
  return {
    ...common,
    'BI-Signature': signature(message.secret, path, date, message.body),
    'BI-Signature-Date': date,
  };
};

/** One attempt. Any 2xx is a success; everything else is tried again later by the caller. */
export const postWebhook = (message: WebhookMessage): Promise<WebhookOutcome> =>
  new Promise((resolve) => {
    const url = new URL(message.url);
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      { method: 'POST', headers: headersOf(message, url.pathname), signal: message.signal },
      (response) => {
        response.resume();
        const { statusCode = 0 } = response;
        resolve(
          statusCode >= 200 && statusCode < 300
            ? { kind: 'delivered' }
            : { kind: 'failed', reason: `HTTP ${statusCode}`, timeout: false },
        );
      },
    );
    request.setTimeout(message.timeoutMs, () => request.destroy(new Error('timeout')));
    request.on('error', (error) =>
      resolve({ kind: 'failed', reason: error.message, timeout: error.message === 'timeout' }),
    );
    request.end(message.body);
  });
