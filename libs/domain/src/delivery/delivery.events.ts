import type { NoticeTarget, ProviderNotice } from '../provider-notice.js';

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
    /** Path that the provider called, with the public prefix: Powens names its event there and nowhere else. */
    readonly path: string;
    /** When the provider says it signed; `null` where the scheme has no date. Retries may carry the first one's. */
    readonly signedAt: string | null;
    /** The raw body as the provider sent it, sealed by the vault; `null` when it is larger than 256 KiB. */
    readonly sealedBody: string | null;
    /** Size of the raw body in bytes and its SHA-256 in hex. */
    readonly bodyBytes: number;
    readonly bodySha256: string;
    readonly receivedAt: string;
  };
}

/** Nothing of ours matches it yet. */
export interface WebhookParked {
  readonly type: 'WebhookParked';
  readonly data: {
    readonly deliveryId: string;
    readonly provider: string;
    /** Request id of the sync that it causes once it is matched: the delivery's id, or that of its last replay. */
    readonly requestId: string;
    /** What it speaks of: whoever links that finds it. */
    readonly target: NoticeTarget;
    readonly reason: string;
    readonly parkedAt: string;
  };
}

/** It was understood and is for a connection of ours, which does not want it: paused, disconnected, or served with it before. */
export interface WebhookIgnored {
  readonly type: 'WebhookIgnored';
  readonly data: { readonly deliveryId: string; readonly reason: string; readonly ignoredAt: string };
}

/** A person asked to act on it once more; `notice` is what its stored body means by the rules of that day. */
export interface WebhookReplayed {
  readonly type: 'WebhookReplayed';
  readonly data: {
    readonly deliveryId: string;
    readonly provider: string;
    /** Request id of the sync that it may cause: `<deliveryId>~<n>`, n = 1 for the first replay. */
    readonly requestId: string;
    readonly notice: ProviderNotice;
    readonly replayedAt: string;
  };
}

/** A parked delivery found what it belongs to. */
export interface WebhookResolved {
  readonly type: 'WebhookResolved';
  readonly data: { readonly deliveryId: string; readonly connectionId: string; readonly resolvedAt: string };
}

export type DeliveryEvent =
  WebhookReceived | WebhookParked | WebhookIgnored | WebhookResolved | WebhookReplayed;
