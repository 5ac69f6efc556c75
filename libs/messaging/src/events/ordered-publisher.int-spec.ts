import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publicEvent, type PublicEvent } from '#contracts';
import { type Correlation, type CorrelationScope, StopFeed } from '#kernel';
import { OwnNatsServer } from '#testing';
import { Nats } from '../nats/nats.js';
import { ensureStreams } from '../nats/streams.js';
import { EventPublisher } from './event-publisher.js';
import { OrderedPublisher } from './ordered-publisher.js';

const story: Correlation = { correlationId: randomUUID(), causationId: null, traceparent: null, actor: null };
const scope: CorrelationScope = { current: () => story, run: (_correlation, work) => work() };

const disconnected = (sequence: bigint): PublicEvent =>
  publicEvent('connection.disconnected', {
    id: randomUUID(),
    tenantId: 't',
    subject: 'c',
    sequence,
    time: '2026-11-22T10:00:00.000Z',
    data: { tenantId: 't', companyId: 'co', connectionId: 'c', by: 'caller' },
  });

let server: OwnNatsServer;
let nats: Nats;
let publisher: OrderedPublisher;

beforeEach(async () => {
  server = await OwnNatsServer.start();
  nats = await Nats.connect({ url: server.url, name: 'spec' });
  await ensureStreams(nats);
  nats.onReconnect(() => void ensureStreams(nats).catch(() => undefined));
  publisher = new OrderedPublisher(new EventPublisher(nats, scope), ['connection.disconnected']);
  await publisher.resumeFrom(null);
  await publisher.publish(disconnected(1n), 10n);
  await publisher.publish(disconnected(2n), 20n);
});

afterEach(async () => {
  await nats.close();
  await server.remove();
});

const backAgain = async (): Promise<void> => {
  const before = nats.losses;
  await server.resume();
  await vi.waitFor(() => expect(nats.losses).toBeGreaterThanOrEqual(before), { timeout: 10_000 });
  await vi.waitFor(() => nats.ping(), { timeout: 10_000 });
  await vi.waitFor(() => ensureStreams(nats), { timeout: 10_000 });
};

describe('a publisher whose server was away', () => {
  it('goes on when the server still has what it acknowledged', async () => {
    await server.kill();
    await backAgain();
    await publisher.publish(disconnected(3n), 30n);
    expect(await publisher.resumeFrom(25n)).toBe(25n);
  });

  it('stops instead of publishing behind a hole, and then begins where the stream ends', async () => {
    await server.kill();
    server.loseStore();
    await backAgain();
    await expect(publisher.publish(disconnected(3n), 30n)).rejects.toBeInstanceOf(StopFeed);
    expect(await publisher.resumeFrom(20n)).toBeNull();
    await publisher.publish(disconnected(1n), 10n);
    expect(await publisher.resumeFrom(20n)).toBe(10n);
  });
});
