import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { wireForm, type SignedMessage } from './webhook-headers.js';

export interface WebhookMessage extends SignedMessage {
  /** Listening URL of this event. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type WebhookOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: string; readonly timeout: boolean };

/** One attempt. Any 2xx is a success; everything else is tried again later by the caller. */
export const postWebhook = (message: WebhookMessage): Promise<WebhookOutcome> =>
  new Promise((resolve) => {
    const url = new URL(message.url);
    const { bytes, headers } = wireForm(message, url.pathname);
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      { method: 'POST', headers, signal: message.signal },
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
    request.end(bytes);
  });
