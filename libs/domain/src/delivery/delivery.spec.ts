import { describe, it } from 'vitest';
import { given } from '#testing';
import { delivery, type ReceiveWebhook } from './delivery.js';
import type {
  WebhookIgnored,
  WebhookParked,
  WebhookReceived,
  WebhookReplayed,
  WebhookResolved,
} from './delivery.events.js';

const NOW = '2026-06-01T08:00:00.000Z';
const LATER = '2026-06-01T09:00:00.000Z';

const facts: WebhookReceived['data'] = {
  deliveryId: 'tink_evt1',
  provider: 'tink',
  scheme: 'tink',
  secretFingerprint: '0a1b2c3d',
  notice: {
    kind: 'data-may-have-changed',
    target: { connectionId: null, providerUserId: 'u1', providerConnectionId: null, providerAccountId: null },
  },
  path: '/webhooks/tink',
  signedAt: null,
  sealedBody: null,
  bodyBytes: 120,
  bodySha256: 'e3b0c442',
  receivedAt: NOW,
};
const receive: ReceiveWebhook = { type: 'ReceiveWebhook', ...facts };
const received: WebhookReceived = { type: 'WebhookReceived', data: facts };
const target = {
  connectionId: null,
  providerUserId: 'u1',
  providerConnectionId: null,
  providerAccountId: null,
};
const parkedAs = (requestId: string): WebhookParked => ({
  type: 'WebhookParked',
  data: {
    deliveryId: 'tink_evt1',
    provider: 'tink',
    requestId,
    target,
    reason: 'connection.unknown',
    parkedAt: LATER,
  },
});
const parked = parkedAs('tink_evt1');
const resolved: WebhookResolved = {
  type: 'WebhookResolved',
  data: { deliveryId: 'tink_evt1', connectionId: 'c1', resolvedAt: LATER },
};
const park = { type: 'ParkWebhook', target, reason: 'connection.unknown', now: LATER } as const;
const resolve = { type: 'ResolveWebhook', connectionId: 'c1', now: LATER } as const;

describe('a delivery', () => {
  it('is stored with all that was verified of it', () => {
    given(delivery).when(receive).thenEvents(received);
  });

  it('is stored once, however often and late it comes (pain G7)', () => {
    given(delivery, received)
      .when({ ...receive, receivedAt: LATER })
      .thenNothing();
    given(delivery, received, parked).when(receive).thenNothing();
    given(delivery, received, parked, resolved).when(receive).thenNothing();
  });

  it('is parked while nothing of ours matches it, and resolved once (pain G6)', () => {
    given(delivery, received).when(park).thenEvents(parked);
    given(delivery, received, parked).when(park).thenNothing();
    given(delivery, received, parked).when(resolve).thenEvents(resolved);
    given(delivery, received, parked, resolved).when(resolve).thenNothing();
    given(delivery, received, parked, resolved).when(park).thenNothing();
  });

  it('is ignored with a reason, also after it was parked', () => {
    const ignore = { type: 'IgnoreWebhook', reason: 'connection.paused', now: LATER } as const;
    const ignored: WebhookIgnored = {
      type: 'WebhookIgnored',
      data: { deliveryId: 'tink_evt1', reason: 'connection.paused', ignoredAt: LATER },
    };
    given(delivery, received).when(ignore).thenEvents(ignored);
    given(delivery, received, parked).when(ignore).thenEvents(ignored);
    given(delivery, received, ignored).when(ignore).thenNothing();
  });

  it('is acted on once more each time a person asks, and may be parked anew', () => {
    const { notice } = facts;
    const replay = { type: 'ReplayWebhook', notice, now: LATER } as const;
    const replayed = (n: number): WebhookReplayed => ({
      type: 'WebhookReplayed',
      data: {
        deliveryId: 'tink_evt1',
        provider: 'tink',
        requestId: `tink_evt1~${n}`,
        notice,
        replayedAt: LATER,
      },
    });
    given(delivery, received).when(replay).thenEvents(replayed(1));
    given(delivery, received, parked, replayed(1)).when(replay).thenEvents(replayed(2));
    given(delivery, received, parked, replayed(1)).when(park).thenEvents(parkedAs('tink_evt1~1'));
    given(delivery).when(replay).thenRejected('delivery.not-found');
  });

  it('that was never parked needs no resolution', () => {
    given(delivery, received).when(resolve).thenNothing();
  });

  it('must exist before it can be parked or resolved', () => {
    given(delivery).when(park).thenRejected('delivery.not-found');
    given(delivery).when(resolve).thenRejected('delivery.not-found');
  });
});
