import { randomUUID } from 'node:crypto';
import { delivery, type ProviderNotice, type WebhookReceived, type WebhookReplayed } from '#domain';
import { type RecordedEvent, streamOf, SystemClock } from '#kernel';
import { AlsCorrelationScope } from '#platform';
import { Database, migrate } from '#read-model';
import { anyMetadata, InMemoryEventStore, ownDatabaseUrl } from '#testing';
import { generateKey, Vault } from '#vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliveriesProjection } from '../deliveries/deliveries.projection.js';
import { DELIVERIES } from '../forgotten-deliveries.js';
import { SyncDeps } from '../sync-deps.js';
import { ReplayDelivery } from './replay-delivery.command.js';
import { ReplayDeliveryHandler } from './replay-delivery.handler.js';

const NOT_UNDERSTOOD: ProviderNotice = { kind: 'unrecognised', event: 'transactions.new' };

let db: Database;

beforeAll(async () => {
  db = new Database(await ownDatabaseUrl());
  await migrate(db, DELIVERIES, deliveriesProjection.migrations);
});

afterAll(() => db.close());

/** A stored delivery of the guide's scheme, and what replays it. */
const scene = async (
  body: object | string | null,
  { notice = NOT_UNDERSTOOD, key = generateKey() }: { notice?: ProviderNotice; key?: string } = {},
) => {
  const store = new InMemoryEventStore();
  const scope = new AlsCorrelationScope();
  const vault = new Vault(key);
  const parts = { db, store, vault: new Vault(key), clock: new SystemClock(), correlation: scope };
  const deps = Object.assign(Object.create(SyncDeps.prototype) as SyncDeps, parts);
  const handler = new ReplayDeliveryHandler(deps);
  const deliveryId = `powens_${randomUUID()}`;
  const stream = streamOf(delivery.category, deliveryId);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const received: WebhookReceived = {
    type: 'WebhookReceived',
    data: {
      deliveryId,
      provider: 'powens',
      scheme: 'guide',
      secretFingerprint: 'f',
      notice,
      path: '/webhooks/powens',
      signedAt: null,
      sealedBody: body === null ? null : vault.sealBytes(Buffer.from(text)),
      bodyBytes: text.length,
      bodySha256: '00',
      receivedAt: '2026-11-22T10:00:00.000Z',
    },
  };
  const metadata = anyMetadata();
  await store.append(stream, 'no-stream', [{ ...received, metadata }]);
  const replay = (by: string | null = null, commandId: string = randomUUID(), id = deliveryId) =>
    scope.run(
      { correlationId: randomUUID(), causationId: null, traceparent: null, actor: 'tenant:acme' },
      () => handler.execute(new ReplayDelivery(id, commandId, by)),
    );
  const stored = async () => {
    const events: RecordedEvent[] = [];
    for await (const event of store.readStream(stream)) events.push(event);
    return events;
  };
  const written = async () => (await stored()).slice(1);
  /** A run of this tenant's connection is projected as caused by the delivery. */
  const applyFor = async (tenantId: string) => {
    const ids = { syncId: randomUUID(), connectionId: randomUUID(), tenantId, companyId: 'c' };
    const data = { ...ids, causes: [{ requestId: deliveryId, trigger: 'webhook' }] };
    await store.append(`sync-${ids.connectionId}`, 'no-stream', [{ type: 'SyncRequested', data, metadata }]);
    const [received] = await stored();
    for await (const run of store.readStream(`sync-${ids.connectionId}`)) {
      const events = received ? [received, run] : [run];
      await db.transaction((tx) => deliveriesProjection.project(tx, DELIVERIES, events));
    }
  };
  return { deliveryId, replay, written, applyFor };
};

const NEW = { event_type: 'transactions.new', connection_id: 'c-1' };

describe('a replay', () => {
  it('means what the stored body means by today’s rules, and tells who asked', async () => {
    const { deliveryId, replay, written } = await scene(NEW);
    const { requestId, position } = await replay();
    expect(requestId).toBe(`${deliveryId}~1`);
    const [event, ...others] = await written();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: 'WebhookReplayed',
      position,
      data: { requestId, notice: { kind: 'data-may-have-changed', target: { connectionId: 'c-1' } } },
      metadata: { actor: 'tenant:acme' },
    });
    expect(await replay()).toMatchObject({ requestId: `${deliveryId}~2` });
  });

  it('of a body that was too large to keep means what was understood of it then', async () => {
    const notice: ProviderNotice = {
      kind: 'connection-deleted',
      target: {
        connectionId: null,
        providerUserId: null,
        providerConnectionId: '7',
        providerAccountId: null,
      },
    };
    const { replay, written } = await scene(null, { notice });
    await replay();
    expect((await written()).map(({ data }) => (data as WebhookReplayed['data']).notice)).toEqual([notice]);
  });

  it('with the same command again is the same replay, also when both come at once', async () => {
    const { deliveryId, replay, written } = await scene(NEW);
    const command = randomUUID();
    const both = await Promise.all([replay(null, command), replay(null, command)]);
    const again = await replay(null, command);
    expect([...both, again].map(({ requestId }) => requestId)).toEqual(Array(3).fill(`${deliveryId}~1`));
    expect(await written()).toHaveLength(1);
  });

  it.each<[string, object | string | null]>([
    ['delivery.nothing-to-do', { event_type: 'user.updated' }],
    ['delivery.not-understood', { event: 1 }],
    ['delivery.not-understood', '{"cut'],
    ['delivery.not-understood', null],
  ])('is refused as %s when there is nothing to act on: %j', async (code, body) => {
    const { replay, written } = await scene(body);
    await expect(replay()).rejects.toMatchObject({ code });
    expect(await written()).toEqual([]);
  });

  it('of a delivery that there is not is refused', async () => {
    const { replay } = await scene(NEW);
    for (const unknown of ['powens_1', '', '../x', '$all'])
      await expect(replay(null, randomUUID(), unknown)).rejects.toMatchObject({ code: 'delivery.not-found' });
  });

  it('is a tenant’s only where the delivery is about one of its connections', async () => {
    const { applyFor, replay, written } = await scene(NEW);
    await expect(replay('acme')).rejects.toMatchObject({ code: 'delivery.not-found' });
    await applyFor('acme');
    await expect(replay('other')).rejects.toMatchObject({ code: 'delivery.not-found' });
    await replay('acme');
    expect(await written()).toMatchObject([{ metadata: { tenantId: 'acme' } }]);
  });
});
