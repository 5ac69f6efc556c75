import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { publicEvent, STREAMS, type PublicEvent } from '#contracts';
import type { CorrelationScope } from '#kernel';
import { OwnNatsServer } from '#testing';
import { Nats } from '../nats/nats.js';
import { ensureStreams } from '../nats/streams.js';
import { EventPublisher } from './event-publisher.js';
import { EventTail, type TailedEvent } from './event-tail.js';

const scope: CorrelationScope = {
  current: () => ({ correlationId: 'story', causationId: null, traceparent: null, actor: 'system' }),
  run: (_, work) => work(),
};

const disconnected = (tenantId: string, sequence: bigint): PublicEvent =>
  publicEvent('connection.disconnected', {
    id: randomUUID(),
    tenantId,
    subject: 'c-1',
    sequence,
    time: '2026-03-01T02:00:00.000Z',
    data: { tenantId, companyId: '1', connectionId: 'c-1', by: 'caller' },
  });
const balance = (tenantId: string): PublicEvent =>
  publicEvent('balance.observed', {
    id: randomUUID(),
    tenantId,
    subject: 'l-1',
    sequence: 3n,
    time: '2026-03-01T02:00:00.000Z',
    data: {
      tenantId,
      companyId: '1',
      ledgerId: 'l-1',
      accountId: 'a-1',
      connectionId: 'c-1',
      balance: '10.00',
      currency: 'EUR',
      observedAt: '2026-03-01T02:00:00.000Z',
    },
  });

const idsOf = (events: readonly TailedEvent[]): string[] =>
  events.map(({ json }) => (JSON.parse(json) as PublicEvent).id);

describe('public events', () => {
  let server: OwnNatsServer;
  let nats: Nats;
  let publisher: EventPublisher;
  let tail: EventTail;

  beforeAll(async () => {
    server = await OwnNatsServer.start();
    nats = await Nats.connect({ url: server.url, name: 'events spec' });
    await ensureStreams(nats);
    publisher = new EventPublisher(nats, scope);
    tail = new EventTail(nats);
  });
  afterAll(async () => {
    await nats.close();
    await server.remove();
  });

  /** Reads in the background into a list; `stop` ends it. */
  const follow = (
    tenantId: string,
    afterSequence: number | null,
  ): { seen: TailedEvent[]; stop: () => Promise<void> } => {
    const stopping = new AbortController();
    const seen: TailedEvent[] = [];
    const done = (async () => {
      for await (const event of tail.tail({ tenantId, afterSequence, signal: stopping.signal }))
        seen.push(event);
    })();
    return {
      seen,
      stop: async () => {
        stopping.abort();
        await done;
      },
    };
  };

  it('tells a fresh stream, a stream without its names and a position apart', async () => {
    const links = ['connection.disconnected', 'connection.linked'] as const;
    expect(await publisher.lastPublishedPosition(links)).toEqual({ kind: 'fresh-stream' });
    await publisher.publish(balance('t-a'), 5n);
    expect(await publisher.lastPublishedPosition(links)).toEqual({ kind: 'none-but-stream-was-used' });
    await publisher.publish(disconnected('t-b', 1n), 9_007_199_254_740_993n);
    await publisher.publish(disconnected('t-a', 1n), 9_007_199_254_740_995n);
    await publisher.publish(balance('t-b'), 9_007_199_254_741_000n);
    expect(await publisher.lastPublishedPosition(links)).toEqual({
      kind: 'position',
      position: 9_007_199_254_740_995n,
    });
  });

  it('still knows that an emptied stream was used', async () => {
    await nats.manager.streams.purge(STREAMS.events);
    expect(await publisher.lastPublishedPosition(['balance.observed'])).toEqual({
      kind: 'none-but-stream-was-used',
    });
  });

  it('publishes on the tenant’s subject, with id and position in the headers', async () => {
    const event = disconnected('t-c', 2n);
    await publisher.publish(event, 77n);
    const stored = await nats.manager.streams.getMessage(STREAMS.events, {
      last_by_subj: 'passerelle.events.t-c.connection.disconnected.v1',
    });
    expect(stored?.json()).toEqual(event);
    expect(stored?.header.get('Nats-Msg-Id')).toBe(event.id);
    expect(stored?.header.get('Passerelle-Position')).toBe('77');
    expect(stored?.header.get('Passerelle-Correlation-Id')).toBe('story');
  });

  it('tails one tenant live and resumes behind the last sequence seen', async () => {
    const [first, second, third] = [1n, 2n, 3n].map((sequence) => disconnected('t-d', sequence));
    if (!first || !second || !third) throw new Error('three events');
    const live = follow('t-d', null);
    await vi.waitFor(async () => {
      const { num_pending } = (await nats.manager.consumers.list(STREAMS.events).next())[0] ?? {};
      expect(num_pending).toBe(0);
    });
    await publisher.publish(first, 100n);
    await publisher.publish(disconnected('t-e', 1n), 101n);
    await publisher.publish(second, 102n);
    await vi.waitFor(() => expect(idsOf(live.seen)).toEqual([first.id, second.id]));
    await live.stop();
    await publisher.publish(third, 103n);
    const resumed = follow('t-d', live.seen[0]?.sequence ?? 0);
    await vi.waitFor(() => expect(idsOf(resumed.seen)).toEqual([second.id, third.id]));
    await resumed.stop();
    const all = follow('*', live.seen[0]?.sequence ?? 0);
    await vi.waitFor(() => expect(all.seen).toHaveLength(3));
    await all.stop();
  });

  it('leaves no consumer behind', async () => {
    await vi.waitFor(async () => {
      expect(await nats.manager.consumers.list(STREAMS.events).next()).toEqual([]);
    });
  });

  it('goes on behind the last event after the server was killed, with nothing lost or doubled', async () => {
    const live = follow('t-f', 0);
    const before = disconnected('t-f', 1n);
    const after = disconnected('t-f', 2n);
    await publisher.publish(before, 200n);
    await vi.waitFor(() => expect(live.seen).toHaveLength(1));
    await server.kill();
    const published = publisher.publish(after, 201n);
    await server.resume();
    await published;
    await vi.waitFor(() => expect(idsOf(live.seen)).toEqual([before.id, after.id]), { timeout: 20_000 });
    await live.stop();
  });

  it('delivers everything of a stream that was made anew, though the sequence lies beyond its end', async () => {
    const event = disconnected('t-g', 1n);
    await publisher.publish(event, 300n);
    const resumed = follow('t-g', 1_000_000);
    await vi.waitFor(() => expect(idsOf(resumed.seen)).toEqual([event.id]));
    await resumed.stop();
  });
});
