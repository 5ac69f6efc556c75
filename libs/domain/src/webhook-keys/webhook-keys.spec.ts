import { describe, expect, it } from 'vitest';
import { given } from '#testing';
import {
  type AddWebhookSecret,
  liveWebhookKeys,
  type RetireWebhookSecret,
  webhookKeys,
} from './webhook-keys.js';
import type { WebhookKeysEvent, WebhookSecretAdded, WebhookSecretRetired } from './webhook-keys.events.js';

const NOW = '2026-06-01T08:00:00.000Z';
const LATER = '2026-06-02T08:00:00.000Z';

const facts = {
  provider: 'powens',
  name: 'passerelle1',
  externalId: '7',
  sealedSecret: 'gAAAAA-sealed',
  fingerprint: '0a1b2c3d',
  url: null,
};
const add: AddWebhookSecret = { type: 'AddWebhookSecret', ...facts, now: NOW };
const addSecond: AddWebhookSecret = { ...add, name: 'passerelle2', externalId: '8', fingerprint: 'ffeeddcc' };
const added: WebhookSecretAdded = { type: 'WebhookSecretAdded', data: { ...facts, addedAt: NOW } };
const addedSecond: WebhookSecretAdded = {
  type: 'WebhookSecretAdded',
  data: { ...facts, name: 'passerelle2', externalId: '8', fingerprint: 'ffeeddcc', addedAt: NOW },
};
const retire: RetireWebhookSecret = { type: 'RetireWebhookSecret', fingerprint: '0a1b2c3d', now: LATER };
const retired: WebhookSecretRetired = {
  type: 'WebhookSecretRetired',
  data: { provider: 'powens', fingerprint: '0a1b2c3d', retiredAt: LATER },
};

const live = (...events: readonly WebhookKeysEvent[]): readonly string[] =>
  liveWebhookKeys(events.reduce(webhookKeys.evolve, webhookKeys.initialState)).map(({ name }) => name);

describe('the webhook secrets of a provider', () => {
  it('are added sealed, with what tells them apart', () => {
    given(webhookKeys).when(add).thenEvents(added);
  });

  it('are added once, whatever the provider calls them', () => {
    given(webhookKeys, added).when(add).thenNothing();
    given(webhookKeys, added)
      .when({ ...add, name: 'another', sealedSecret: 'gAAAAA-sealed-again', now: LATER })
      .thenNothing();
  });

  it('are several while one replaces another', () => {
    given(webhookKeys, added).when(addSecond).thenEvents(addedSecond);
    expect(live(added, addedSecond)).toEqual(['passerelle1', 'passerelle2']);
  });

  it('are sealed by another key as they are, unless they were replaced or retired', () => {
    const from = facts.sealedSecret;
    const reseal = {
      type: 'ResealWebhookSecret',
      fingerprint: '0a1b2c3d',
      from,
      sealedSecret: 'anew',
    } as const;
    const resealed: WebhookSecretAdded = { ...added, data: { ...added.data, sealedSecret: 'anew' } };
    given(webhookKeys, added, addedSecond).when(reseal).thenEvents(resealed);
    given(webhookKeys, added, resealed).when(reseal).thenNothing();
    given(webhookKeys, added, retired).when(reseal).thenNothing();
    given(webhookKeys).when(reseal).thenNothing();
    expect(live(added, addedSecond, resealed)).toEqual(['passerelle2', 'passerelle1']);
  });

  it('are retired one by one, once', () => {
    given(webhookKeys, added, addedSecond).when(retire).thenEvents(retired);
    given(webhookKeys, added, addedSecond, retired).when(retire).thenNothing();
    expect(live(added, addedSecond, retired)).toEqual(['passerelle2']);
  });

  it('come back when a retired one is added again, and are then listed once', () => {
    given(webhookKeys, added, retired).when(add).thenEvents(added);
    given(webhookKeys, added, retired, added).when(add).thenNothing();
    expect(live(added, retired, added)).toEqual(['passerelle1']);
  });

  it('must be known to be retired', () => {
    given(webhookKeys).when(retire).thenRejected('webhookkeys.not-found');
    given(webhookKeys, addedSecond).when(retire).thenRejected('webhookkeys.not-found');
  });
});
