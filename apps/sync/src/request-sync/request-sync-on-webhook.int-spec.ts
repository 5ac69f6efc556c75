import { randomUUID } from 'node:crypto';
import { delivery, type DeliveryEvent, type ProviderNotice } from '#domain';
import { derivedId } from '#event-store';
import { type EventMetadata, type RecordedEvent, streamOf, SystemClock } from '#kernel';
import { AlsCorrelationScope } from '#platform';
import { Database, PgSnapshots } from '#read-model';
import { engineUrls, InMemoryEventStore } from '#testing';
import type { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SyncDeps } from '../sync-deps.js';
import { RequestSyncOnWebhookReactor } from './request-sync-on-webhook.reactor.js';
import type { RequestSyncOf } from './request-sync.command.js';
import { RequestSyncHandler } from './request-sync.handler.js';

const metadata: EventMetadata = {
  commandId: randomUUID(),
  correlationId: randomUUID(),
  causationId: null,
  tenantId: null,
  actor: 'spec',
  traceparent: null,
};

let db: Database;

beforeAll(() => {
  db = new Database(engineUrls().databaseUrl);
});

afterAll(() => db.close());

const scene = async (notice: ProviderNotice) => {
  const store = new InMemoryEventStore();
  const scope = new AlsCorrelationScope();
  const parts = { db, store, snapshots: new PgSnapshots(db, randomUUID()), clock: new SystemClock() };
  const deps = Object.assign(Object.create(SyncDeps.prototype) as SyncDeps, parts, { correlation: scope });
  const handler = new RequestSyncHandler(deps);
  const bus = { execute: (command: RequestSyncOf) => handler.execute(command) } as unknown as CommandBus;
  const deliveryId = `powens_${randomUUID()}`;
  const received: DeliveryEvent = {
    type: 'WebhookReceived',
    data: {
      deliveryId,
      provider: 'powens',
      scheme: 'guide',
      secretFingerprint: 'f',
      notice,
      path: '/webhooks/powens',
      signedAt: null,
      sealedBody: null,
      bodyBytes: 1,
      bodySha256: derivedId('x'),
      receivedAt: '2026-11-22T10:00:00.000Z',
    },
  };
  const stream = streamOf(delivery.category, deliveryId);
  await store.append(stream, 'no-stream', [{ ...received, metadata }]);
  const events = async () => {
    const all: RecordedEvent[] = [];
    for await (const event of store.readStream(stream)) all.push(event);
    return all;
  };
  const [event] = await events();
  if (!event) throw new Error('nothing was stored');
  await new RequestSyncOnWebhookReactor(deps, bus).react(event);
  return (await events()).slice(1).map(({ type, data }) => [type, (data as { reason?: string }).reason]);
};

const saying = (connectionId: string | null): ProviderNotice => ({
  kind: 'data-may-have-changed',
  target: { connectionId, providerUserId: null, providerConnectionId: null, providerAccountId: null },
});

describe('a webhook for nothing that we know', () => {
  // The reactor handles one event after the other: one that it can never handle would stop all webhooks for ever.
  it.each(['1', randomUUID(), 'a\u0000b', 'x'.repeat(200), '../etc'])('is parked: %j', async (connectionId) =>
    expect(await scene(saying(connectionId))).toEqual([['WebhookParked', 'connection.not-found']]),
  );

  it('is parked when it names no connection at all', async () =>
    expect(await scene(saying(null))).toEqual([['WebhookParked', 'unknown-connection']]));
});
