import { delivery } from '#domain';
import { EventStoreUnavailable } from '#event-store';
import { type RecordedEvent, streamOf } from '#kernel';
import { AlsCorrelationScope } from '#platform';
import { guideWebhookReader, powensWebhookReader, signGuide, type WebhookReader } from '#providers';
import { InMemoryEventStore } from '#testing';
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

const scene = () => {
  const store = new InMemoryEventStore();
  const readers = [powensWebhookReader(SECRETS), guideWebhookReader(SECRETS), keyedReader];
  const door = new WebhookDoor(store, new AlsCorrelationScope(), readers);
  const receivedAt = '2026-11-22T10:00:00.000Z';
  const path = '/webhooks/powens';
  const send = (body: object | string, signature?: string): Promise<Admission> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'x-powens-signature': signature ?? signGuide(SECRETS[0] ?? '', text) };
    return door.admit('powens', { path, headers, rawBody: Buffer.from(text), receivedAt });
  };
  const sendKeyed = (id: string): Promise<Admission> =>
    door.admit('tink', { path, headers: { 'x-id': id }, rawBody: Buffer.from('{}'), receivedAt });
  const stored = async (deliveryId: string): Promise<RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of store.readStream(streamOf(delivery.category, deliveryId))) events.push(event);
    return events;
  };
  return { store, door, send, sendKeyed, stored };
};

const idOf = (admission: Admission): string =>
  'deliveryId' in admission ? admission.deliveryId : expect.fail(JSON.stringify(admission));

describe('the public door', () => {
  it('stores what is verified, without its body or its secret', async () => {
    const { send, stored } = scene();
    const admission = await send({ ...NOTICE, note: 'private' });
    expect(admission).toMatchObject({ kind: 'accepted', scheme: 'guide' });
    const [event, ...others] = await stored(idOf(admission));
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: 'WebhookReceived',
      data: {
        scheme: 'guide',
        bodySha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        notice: { target: { connectionId: 'conn-1' } },
      },
      metadata: { actor: 'webhook:powens' },
    });
    expect(JSON.stringify(event?.data)).not.toMatch(/private|secret of/);
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
    const away = { append: () => Promise.reject(new EventStoreUnavailable('away')) };
    const door = new WebhookDoor(away, new AlsCorrelationScope(), [keyedReader]);
    const request = { path: '/', headers: { 'x-id': 'd' }, rawBody: new Uint8Array(), receivedAt: 'now' };
    await expect(door.admit('tink', request)).rejects.toBeInstanceOf(EventStoreUnavailable);
    expect(await door.admit('powens', request)).toEqual({ kind: 'rejected', reason: 'missing-signature' });
  });
});
