import type { ProviderNotice } from '#domain';

/** One HTTP request at the public door, bytes untouched. */
export interface WebhookRequest {
  /** Path as the provider registered it (with the public prefix), without query. */
  readonly path: string;
  /** Lower-case names; a header that came several times is an array. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawBody: Uint8Array;
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
}

export type WebhookScheme = 'powens' | 'guide' | 'tink';

export type WebhookVerdict =
  | {
      readonly kind: 'verified';
      readonly scheme: WebhookScheme;
      /** First 8 hex digits of the SHA-256 of the secret that matched: tells which one, reveals nothing. */
      readonly secretFingerprint: string;
      /** Identity of the delivery for exact dedupe; `null` where the scheme has none (each request is its own). */
      readonly deliveryKey: string | null;
      readonly notice: ProviderNotice;
    }
  | {
      readonly kind: 'rejected';
      readonly reason: 'missing-signature' | 'malformed-signature' | 'wrong-signature';
    };

/** Verifies and translates one provider's webhooks. Pure: no clock, no I/O, no logging. */
export interface WebhookReader {
  readonly provider: 'powens' | 'tink';
  /** Never throws, whatever the bytes are. */
  read(this: void, request: WebhookRequest): WebhookVerdict;
}
