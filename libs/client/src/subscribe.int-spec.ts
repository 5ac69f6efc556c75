import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { publicEvent, type PublicEvent } from '#contracts';
import type { CorrelationScope } from '#kernel';
import { ensureStreams, EventPublisher, Nats } from '#messaging';
import { OwnNatsServer } from '#testing';
import type { EventSubscription } from './subscribe-options.js';
import { subscribe } from './subscribe.js';

/** What docs/events.md says a subscriber needs, word for word: the server shows here that it suffices and confines. */
const permissionsOf = (tenant: string, durable: string): string => `{
  publish: {
    allow: [
      "$JS.API.CONSUMER.INFO.PASSERELLE_EVENTS.${durable}"
      "$JS.API.CONSUMER.CREATE.PASSERELLE_EVENTS.${durable}.passerelle.events.${tenant}.>"
      "$JS.API.CONSUMER.MSG.NEXT.PASSERELLE_EVENTS.${durable}"
      "$JS.ACK.PASSERELLE_EVENTS.${durable}.>"
    ]
  }
  subscribe: { allow: ["_INBOX_${tenant}.>"] }
}`;

const USERS = `authorization {
  users: [
    { user: "passerelle", password: "all" }
    { user: "acme", password: "a", permissions: ${permissionsOf('acme', 'acme-books')} }
  ]
}`;

const scope: CorrelationScope = {
  current: () => ({ correlationId: randomUUID(), causationId: null, traceparent: null, actor: null }),
  run: (_, work) => work(),
};

const eventOf = (tenantId: string, connectionId: string, sequence: bigint): PublicEvent =>
  publicEvent('connection.disconnected', {
    id: randomUUID(),
    tenantId,
    subject: connectionId,
    sequence,
    time: '2026-03-01T02:00:00.000Z',
    data: { tenantId, companyId: '1', connectionId, by: 'caller' },
  });
const balanceOf = (tenantId: string): PublicEvent =>
  publicEvent('balance.observed', {
    id: randomUUID(),
    tenantId,
    subject: 'l-1',
    sequence: 1n,
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

const soon = async (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000, interval: 10 });
const ignore = (): void => undefined;

describe('subscribe', () => {
  let server: OwnNatsServer;
  let nats: Nats;
  let publisher: EventPublisher;
  let position = 0n;
  const subscriptions: EventSubscription[] = [];

  beforeAll(async () => {
    server = await OwnNatsServer.start(USERS);
    nats = await Nats.connect({ url: server.url.replace('//', '//passerelle:all@'), name: 'client spec' });
    await ensureStreams(nats);
    publisher = new EventPublisher(nats, scope);
  });
  afterEach(async () => {
    await Promise.all(subscriptions.splice(0).map((subscription) => subscription.stop()));
  });
  afterAll(async () => {
    await nats.close();
    await server.remove();
  });

  const publish = async (...events: PublicEvent[]): Promise<void> => {
    for (const event of events) await publisher.publish(event, (position += 1n));
  };
  const keep = async (subscription: Promise<EventSubscription>): Promise<EventSubscription> => {
    const kept = await subscription;
    subscriptions.push(kept);
    return kept;
  };
  const all = (): { servers: string; user: string; pass: string } => ({
    servers: server.url,
    user: 'passerelle',
    pass: 'all',
  });

  it('delivers what happened before and while it was away, in order', async () => {
    const tenantId = randomUUID();
    const seen: string[] = [];
    const start = (): Promise<EventSubscription> =>
      keep(
        subscribe({
          ...all(),
          tenantId,
          durable: tenantId,
          handler: ({ sequence }) => void seen.push(sequence),
        }),
      );
    await publish(eventOf(tenantId, 'c', 1n), eventOf('another', 'c', 9n), eventOf(tenantId, 'c', 2n));
    const first = await start();
    await soon(() => expect(seen).toEqual(['1', '2']));
    await first.stop();
    await publish(eventOf(tenantId, 'c', 3n));
    await start();
    await publish(eventOf(tenantId, 'c', 4n));
    await soon(() => expect(seen).toEqual(['1', '2', '3', '4']));
  });

  it('lets nothing overtake an event that fails, and tells of the failure', async () => {
    const tenantId = randomUUID();
    const seen: string[] = [];
    const errors: unknown[] = [];
    await publish(...[1n, 2n, 3n].map((sequence) => eventOf(tenantId, 'c', sequence)));
    await keep(
      subscribe({
        ...all(),
        tenantId,
        durable: tenantId,
        retryMs: () => 50,
        onError: (error) => errors.push(error),
        handler: async ({ sequence }) => {
          seen.push(sequence);
          if (sequence === '2' && seen.length < 4) throw new Error('database away');
        },
      }),
    );
    await soon(() => expect(seen).toEqual(['1', '2', '2', '2', '3']));
    expect(errors).toEqual([new Error('database away'), new Error('database away')]);
  });

  it('hands over only the names asked for', async () => {
    const tenantId = randomUUID();
    const seen: string[] = [];
    await publish(eventOf(tenantId, 'c', 1n), balanceOf(tenantId), eventOf(tenantId, 'c', 2n));
    await keep(
      subscribe({
        ...all(),
        tenantId,
        durable: tenantId,
        names: ['balance.observed', 'transactions.imported'],
        handler: (event) => void seen.push(event.type),
      }),
    );
    await publish(balanceOf(tenantId));
    await soon(() => expect(seen).toEqual(Array(2).fill('passerelle.balance.observed.v1')));
  });

  it('skips what the handler stored already, per partition: a repeated publication has one effect', async () => {
    const tenantId = randomUUID();
    const stored = new Map([['connection-a', 2n]]);
    const seen: string[] = [];
    const repeated = eventOf(tenantId, 'a', 3n);
    await publish(
      eventOf(tenantId, 'a', 2n),
      repeated,
      eventOf(tenantId, 'b', 1n),
      eventOf(tenantId, 'a', 10n),
    );
    await publish(Object.assign(structuredClone(repeated), { id: randomUUID() }));
    await publish(eventOf(tenantId, 'a', 11n));
    await keep(
      subscribe({
        ...all(),
        tenantId,
        durable: tenantId,
        sequences: { last: async (partition) => stored.get(partition) ?? null },
        handler: ({ partitionkey, sequence }) => {
          stored.set(partitionkey, BigInt(sequence));
          seen.push(`${partitionkey} ${sequence}`);
        },
      }),
    );
    await soon(() => expect(seen.at(-1)).toBe('connection-a 11'));
    expect(seen).toEqual(['connection-a 3', 'connection-b 1', 'connection-a 10', 'connection-a 11']);
  });

  it('can begin with what comes from now on', async () => {
    const tenantId = randomUUID();
    const seen: string[] = [];
    await publish(eventOf(tenantId, 'c', 1n));
    const handler = ({ sequence }: PublicEvent): void => void seen.push(sequence);
    await keep(subscribe({ ...all(), tenantId, durable: tenantId, from: 'now', handler }));
    await publish(eventOf(tenantId, 'c', 2n));
    await soon(() => expect(seen).toEqual(['2']));
  });

  it('lets the handler in hand end before it stops, and acknowledges it', async () => {
    const tenantId = randomUUID();
    const log: string[] = [];
    await publish(eventOf(tenantId, 'c', 1n));
    const handler = async ({ sequence }: PublicEvent): Promise<void> => {
      log.push(`begin ${sequence}`);
      await sleep(200);
      log.push(`end ${sequence}`);
    };
    const first = await keep(subscribe({ ...all(), tenantId, durable: tenantId, handler }));
    await soon(() => expect(log).toEqual(['begin 1']));
    await first.stop();
    expect(log).toEqual(['begin 1', 'end 1']);
    await publish(eventOf(tenantId, 'c', 2n));
    await keep(subscribe({ ...all(), tenantId, durable: tenantId, handler }));
    await soon(() => expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']));
  });

  it('keeps an event for a handler that is slower than the acknowledgement wait', async () => {
    const tenantId = randomUUID();
    const attempts: number[] = [];
    let isDone = false;
    await publish(eventOf(tenantId, 'c', 1n));
    await keep(
      subscribe({
        ...all(),
        tenantId,
        durable: tenantId,
        ackWaitMs: 600,
        handler: async (_, { attempt }) => {
          attempts.push(attempt);
          await sleep(1_500);
          isDone = true;
        },
      }),
    );
    await soon(() => expect(isDone).toBe(true));
    expect(attempts).toEqual([1]);
  });

  it('goes on by itself after the server was killed', async () => {
    const tenantId = randomUUID();
    const seen: string[] = [];
    const handler = ({ sequence }: PublicEvent): void => void seen.push(sequence);
    await keep(
      subscribe({ ...all(), tenantId, durable: tenantId, handler, onError: ignore, ackWaitMs: 1_000 }),
    );
    await publish(eventOf(tenantId, 'c', 1n));
    await soon(() => expect(seen).toEqual(['1']));
    await server.kill();
    const published = publish(eventOf(tenantId, 'c', 2n));
    await server.resume();
    await published;
    // The killed server may have forgotten the acknowledgement of the first: then it comes again, before the second.
    await soon(() => expect(seen.at(-1)).toBe('2'));
    expect([...new Set(seen)]).toEqual(['1', '2']);
  });

  const acme = (): { servers: string; user: string; pass: string; inboxPrefix: string } => ({
    servers: server.url,
    user: 'acme',
    pass: 'a',
    inboxPrefix: '_INBOX_acme',
  });

  describe('as a user with the documented permissions', () => {
    it('receives its own tenant’s events', async () => {
      const seen: string[] = [];
      const handler = ({ tenantid }: PublicEvent): void => void seen.push(tenantid);
      await publish(eventOf('acme', 'c', 1n), eventOf('rival', 'c', 1n), eventOf('acme', 'c', 2n));
      const subscription = await keep(
        subscribe({ ...acme(), tenantId: 'acme', durable: 'acme-books', handler }),
      );
      await soon(() => expect(seen).toEqual(['acme', 'acme']));
      await subscription.stop();
    });

    it.each([
      ['another tenant under its own name', 'rival', 'acme-books'],
      ['all tenants', '*', 'acme-books'],
      ['its own tenant under another name', 'acme', 'other'],
    ])('cannot subscribe to %s', async (_, tenantId, durable) => {
      await expect(subscribe({ ...acme(), tenantId, durable, handler: ignore })).rejects.toThrow(
        /permission/i,
      );
    });

    it('cannot smuggle another tenant’s filter in on a subject that it may use', async () => {
      const rogue = await connect(acme());
      const subject = '$JS.API.CONSUMER.CREATE.PASSERELLE_EVENTS.acme-books.passerelle.events.acme.>';
      const config = {
        name: 'acme-books',
        ack_policy: 'explicit',
        filter_subject: 'passerelle.events.rival.>',
      };
      for (const filters of [
        {},
        { filter_subject: undefined, filter_subjects: ['passerelle.events.rival.>'] },
      ]) {
        const body = { stream_name: 'PASSERELLE_EVENTS', config: { ...config, ...filters } };
        const reply = (await rogue.request(subject, JSON.stringify(body))).json<{
          error?: { description: string };
        }>();
        expect(reply.error?.description).toMatch(/filter/);
      }
      await rogue.close();
    });
  });

  it('rejects at once when the password is wrong', async () => {
    const access = { ...all(), pass: 'wrong' };
    await expect(subscribe({ ...access, tenantId: 'acme', durable: 'x', handler: ignore })).rejects.toThrow(
      /authorization/i,
    );
  });
});
