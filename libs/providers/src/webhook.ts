import type { ProviderNotice } from '#domain';

/** What of a request at the public door is there before its body. */
export interface WebhookHead {
  /** Path as the provider registered it (with the public prefix), without query. */
  readonly path: string;
  /** Lower-case names; a header that came several times is an array. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
}

/** One HTTP request at the public door, bytes untouched. */
export interface WebhookRequest extends WebhookHead {
  readonly rawBody: Uint8Array;
  /** Where the body came compressed: what it says, decompressed within the door's limit. */
  readonly decodedBody?: Uint8Array;
}

export interface WebhookRefusal {
  readonly kind: 'rejected';
  /** `stale-signature`: signed too long ago, or in the future, by a scheme whose repeats bear their time. */
  readonly reason: 'missing-signature' | 'malformed-signature' | 'wrong-signature' | 'stale-signature';
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
      /** When the provider says it signed, ISO 8601; `null` where the scheme has no date. */
      readonly signedAt: string | null;
      readonly notice: ProviderNotice;
    }
  | WebhookRefusal;

/** Verifies and translates one provider's webhooks. Pure: no clock, no I/O, no logging. */
export interface WebhookReader {
  readonly provider: 'powens' | 'tink';
  readonly scheme: WebhookScheme;
  /** What the head alone condemns, so that no byte of the body need be read; `null`: the body decides. */
  refusal(this: void, head: WebhookHead): WebhookRefusal | null;
  /** Never throws, whatever the bytes are. */
  read(this: void, request: WebhookRequest): WebhookVerdict;
  /**
   * The notice in a body that was verified before, by today's rules; `path` is the one that was called. A body that was stored
   * compressed is understood, too. Never throws.
   */
  translate(this: void, path: string, rawBody: Uint8Array): ProviderNotice;
}
