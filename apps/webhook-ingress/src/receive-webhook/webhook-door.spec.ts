import { createHash } from 'node:crypto';
import { delivery, type WebhookReceived } from '#domain';
import { type EventStore, EventStoreUnavailable } from '#event-store';
import { type RecordedEvent, streamOf } from '#kernel';
import { AlsCorrelationScope } from '#platform';
import {
  guideWebhookReader,
  powensWebhookReader,
  signGuide,
  type WebhookReader,
  type WebhookRefusal,
  type WebhookRequest,
} from '#providers';
import { InMemoryEventStore } from '#testing';
import { asSealed, generateKey, Vault } from '#vault';
import { describe, expect, it } from 'vitest';
import { type Admission, WebhookDoor } from './webhook-door.js';

const SECRETS = ['the live secret of this spec', 'the former secret of it'];
const NOTICE = { event_type: 'transactions.new', connection_id: 'conn-1' };

/** A scheme whose deliveries have an id of their own. */
const keyedReader: WebhookReader = {
  provider: 'tink',
  scheme: 'tink',
  refusal: () => null,
  translate: () => ({ kind: 'unrecognised', event: null }),
  read: ({ headers }) => ({
    kind: 'verified',
    scheme: 'tink',
    secretFingerprint: 'f',
    deliveryKey: String(headers['x-id']),
    signedAt: null,
    notice: { kind: 'unrecognised', event: null },
  }),
};

const PROVIDERS = {
  powens: [powensWebhookReader(SECRETS), guideWebhookReader(SECRETS)],
  tink: [keyedReader],
};

const vault = new Vault(generateKey());

const doorOn = (store: Pick<EventStore, 'append'>): WebhookDoor =>
  new WebhookDoor({
    store,
    scope: new AlsCorrelationScope(),
    readers: (provider) => PROVIDERS[provider],
    seal: (body) => vault.sealBytes(body),
  });

type Outcome = Admission | WebhookRefusal;

const pass = async (
  door: WebhookDoor,
  provider: 'powens' | 'tink',
  request: WebhookRequest,
): Promise<Outcome> => {
  const verdict = door.verify(provider, request);
  return verdict.kind === 'rejected' ? verdict : door.admit(provider, verdict, request);
};

const scene = () => {
  const store = new InMemoryEventStore();
  const door = doorOn(store);
  const head = { path: '/webhooks/powens', receivedAt: '2026-11-22T10:00:00.000Z' };
  const send = (body: object | string | Buffer, signature?: string): Promise<Outcome> => {
    const isText = typeof body === 'string' || Buffer.isBuffer(body);
    const rawBody = Buffer.from(isText ? body : JSON.stringify(body));
    const headers = { 'x-powens-signature': signature ?? signGuide(SECRETS[0] ?? '', rawBody) };
    return pass(door, 'powens', { ...head, headers, rawBody });
  };
  const sendKeyed = (id: string): Promise<Outcome> =>
    pass(door, 'tink', { ...head, headers: { 'x-id': id }, rawBody: Buffer.from('{}') });
  const stored = async (deliveryId: string): Promise<RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of store.readStream(streamOf(delivery.category, deliveryId))) events.push(event);
    return events;
  };
  return { store, door, send, sendKeyed, stored };
};

const idOf = (outcome: Outcome): string =>
  'deliveryId' in outcome ? outcome.deliveryId : expect.fail(JSON.stringify(outcome));

const dataOf = (events: readonly RecordedEvent[]) => events[0]?.data as WebhookReceived['data'];

describe('the public door', () => {
  it('stores what is verified, with neither its body nor its secret in the clear', async () => {
    const { send, stored } = scene();
    const admission = await send({ ...NOTICE, note: 'private' });
    expect(admission).toMatchObject({ kind: 'accepted', scheme: 'guide' });
    const [event, ...others] = await stored(idOf(admission));
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: 'WebhookReceived',
      data: {
        scheme: 'guide',
        path: '/webhooks/powens',
        bodySha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        notice: { target: { connectionId: 'conn-1' } },
      },
      metadata: { actor: 'webhook:powens' },
    });
    expect(JSON.stringify([event?.data, event?.metadata])).not.toMatch(/private|secret of/);
  });

  it.each([
    ['a text', Buffer.from(JSON.stringify({ ...NOTICE, note: 'dépôt 12 €' }))],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ])('seals the body as it came: %s', async (_, body) => {
    const { send, stored } = scene();
    const { sealedBody, bodyBytes } = dataOf(await stored(idOf(await send(body))));
    expect(Buffer.from(vault.openBytes(asSealed(sealedBody ?? '')))).toEqual(body);
    expect(bodyBytes).toBe(body.byteLength);
  });

  it('keeps the size and the hash of a body over 256 KiB, and not the body', async () => {
    const { send, stored } = scene();
    const body = Buffer.alloc(256 * 1024 + 1, ' ');
    const { sealedBody, bodyBytes, bodySha256 } = dataOf(await stored(idOf(await send(body))));
    expect([sealedBody, bodyBytes]).toEqual([null, body.byteLength]);
    expect(bodySha256).toBe(createHash('sha256').update(body).digest('hex'));
  });

  it('takes each request of a scheme without ids for a delivery of its own', async () => {
    const { send } = scene();
    expect(idOf(await send(NOTICE))).not.toBe(idOf(await send(NOTICE)));
  });

  it('stores a delivery that has an id once, also when it comes sixteen times at once', async () => {
    const { sendKeyed, stored } = scene();
    const all = await Promise.all(Array.from({ length: 16 }, () => sendKeyed('d-1')));
    expect(all.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(all.filter(({ kind }) => kind === 'duplicate')).toHaveLength(15);
    expect(new Set(all.map(idOf))).toEqual(new Set(['tink_d-1']));
    expect(await stored('tink_d-1')).toHaveLength(1);
  });

  it.each([
    ['missing-signature', ''],
    ['malformed-signature', 'sha256=00'],
    ['wrong-signature', signGuide('another secret altogether', JSON.stringify(NOTICE))],
    ['wrong-signature', signGuide(SECRETS[0] ?? '', `${JSON.stringify(NOTICE)} `)],
  ])('rejects with the reason %s', async (reason, signature) => {
    const { store, send } = scene();
    expect(await send(NOTICE, signature)).toEqual({ kind: 'rejected', reason });
    expect(await store.head()).toBeNull();
  });

  it('condemns by the head what no scheme can accept, and leaves the rest to the body', () => {
    const { door } = scene();
    const refusalOf = (headers: Record<string, string | string[]>) =>
      door.refusal('powens', { path: '/', headers, receivedAt: 'now' });
    expect(refusalOf({})).toEqual({ kind: 'rejected', reason: 'missing-signature' });
    expect(refusalOf({ 'x-powens-signature': 'x' })).toMatchObject({ reason: 'malformed-signature' });
    const good = 'a'.repeat(64);
    expect(refusalOf({ 'x-powens-signature': [good, good] })).toMatchObject({
      reason: 'malformed-signature',
    });
    expect(refusalOf({ 'x-powens-signature': good })).toBeNull();
  });

  it('accepts a secret that is being replaced', async () => {
    const text = JSON.stringify(NOTICE);
    expect(await scene().send(NOTICE, signGuide(SECRETS[1] ?? '', text))).toMatchObject({ kind: 'accepted' });
  });

  it('stores nothing of what is not ours to act on, and keeps what it does not understand', async () => {
    const { store, send } = scene();
    expect(await send({ ...NOTICE, event_type: 'user.updated' })).toEqual({ kind: 'ignored' });
    expect(await store.head()).toBeNull();
    expect(await send('no JSON at all')).toMatchObject({ kind: 'accepted' });
  });

  it('says so when the log does not answer', async () => {
    const door = doorOn({ append: () => Promise.reject(new EventStoreUnavailable('away')) });
    const request = { path: '/', headers: { 'x-id': 'd' }, rawBody: new Uint8Array(), receivedAt: 'now' };
    await expect(pass(door, 'tink', request)).rejects.toBeInstanceOf(EventStoreUnavailable);
  });
});
