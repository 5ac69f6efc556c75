import type { ProviderNotice } from '../provider-notice.js';

/** A verified webhook, stored before it was answered. */
export interface WebhookReceived {
  readonly type: 'WebhookReceived';
  readonly data: {
    /** `<provider>_<key>`: also the request id of the sync that it may cause. */
    readonly deliveryId: string;
    readonly provider: string;
    readonly scheme: string;
    /** First 8 hex digits of the SHA-256 of the secret that verified it. */
    readonly secretFingerprint: string;
    readonly notice: ProviderNotice;
    /** Size of the raw body in bytes and its SHA-256 in hex. */
    readonly bodyBytes: number;
    readonly bodySha256: string;
    readonly receivedAt: string;
  };
}

/** Nothing of ours matches it yet. */
export interface WebhookParked {
  readonly type: 'WebhookParked';
  readonly data: { readonly deliveryId: string; readonly reason: string; readonly parkedAt: string };
}

/** A parked delivery found what it belongs to. */
export interface WebhookResolved {
  readonly type: 'WebhookResolved';
  readonly data: { readonly deliveryId: string; readonly connectionId: string; readonly resolvedAt: string };
}

export type DeliveryEvent = WebhookReceived | WebhookParked | WebhookResolved;
