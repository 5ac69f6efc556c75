import { randomUUID } from 'node:crypto';
import { COMMAND_SUBJECTS } from '#contracts';
import type { ConnectionEvent, DeliveryEvent, NoticeTarget } from '#domain';
import type { CorrelationScope, RecordedEvent } from '#kernel';
import { describe, expect, it } from 'vitest';
import { FindLinkOnWebhookReactor } from './find-link-on-webhook.reactor.js';

const NOW = '2026-06-01T08:00:00.000Z';
const [ONE, OTHER] = [randomUUID(), randomUUID()];
const scope = { run: (_, work) => work() } as Pick<CorrelationScope, 'run'> as CorrelationScope;

const recorded = ({ type, data }: ConnectionEvent | DeliveryEvent): RecordedEvent =>
  ({ id: randomUUID(), type, data, metadata: {} }) as unknown as RecordedEvent;
const page = (connectionId: string, providerUserId: string): RecordedEvent =>
  recorded({
    type: 'LinkStarted',
    data: {
      connectionId,
      tenantId: 't',
      companyId: 'c',
      stateHash: 'h',
      expiresAt: NOW,
      providerUserId,
      sealedToken: 's',
      startedAt: NOW,
    },
  });
const NOBODY = {
  connectionId: null,
  providerUserId: null,
  providerConnectionId: null,
  providerAccountId: null,
};
const parked = (target: Partial<NoticeTarget>, provider = 'powens'): RecordedEvent => {
  const deliveryId = randomUUID();
  return recorded({
    type: 'WebhookParked',
    data: {
      deliveryId,
      requestId: deliveryId,
      provider,
      target: { ...NOBODY, ...target },
      reason: 'connection.unknown',
      parkedAt: NOW,
    },
  });
};

const scene = () => {
  const pages: (readonly [string, string])[] = [];
  const asked: unknown[] = [];
  const ids: string[] = [];
  const users = {
    note: (userId: string, connectionId: string) => Promise.resolve(void pages.push([userId, connectionId])),
    connectionsOf: (userId: string) =>
      Promise.resolve([
        ...new Set(pages.flatMap(([id, connectionId]) => (id === userId ? connectionId : []))),
      ]),
  };
  const commands = {
    publish: (subject: string, message: unknown, { msgId }: { msgId: string }) => {
      expect(subject).toBe(COMMAND_SUBJECTS.findLink);
      asked.push(message);
      ids.push(msgId);
      return Promise.resolve();
    },
  };
  const reactor = new FindLinkOnWebhookReactor(users, commands, scope);
  return { reactor, asked, ids };
};
const look = (connectionId: string, providerConnectionId: string | null) => ({
  connectionId,
  provider: 'powens',
  providerConnectionId,
});

describe('a webhook that nothing of ours matches', () => {
  it('lets the links be looked for of the user whom it is about, also of a page of the same batch', async () => {
    const { reactor, asked, ids } = scene();
    await reactor.reactBatch([page(ONE, 'u1'), page(OTHER, 'u2')]);
    const events = [parked({ providerUserId: 'u1', providerConnectionId: 'p1' }), page(OTHER, 'u1')];
    await reactor.reactBatch([...events, parked({ providerUserId: 'u1' }), parked({ providerUserId: 'u3' })]);
    expect(asked).toEqual([look(ONE, 'p1'), look(ONE, null), look(OTHER, null)]);
    expect(new Set(ids).size).toBe(3);
  });

  it('and that names a connection of ours lets its own link be looked for', async () => {
    const { reactor, asked } = scene();
    await reactor.reactBatch([parked({ connectionId: ONE }), parked({ connectionId: 'none of ours' })]);
    expect(asked).toEqual([look(ONE, null)]);
  });

  it('asks once for what many tell at the same time, by the same id when it is told again', async () => {
    const { reactor, asked, ids } = scene();
    const many = Array.from({ length: 50 }, () =>
      parked({ providerUserId: 'u1', providerConnectionId: 'p1' }),
    );
    await reactor.reactBatch([page(ONE, 'u1'), ...many]);
    expect(asked).toHaveLength(1);
    await reactor.reactBatch([page(ONE, 'u1'), ...many]);
    expect(ids[1]).toBe(ids[0]);
  });

  it('and is about nobody, or of a provider that we do not know, asks for nothing', async () => {
    const { reactor, asked } = scene();
    await reactor.reactBatch([
      page(ONE, 'u1'),
      parked({ providerConnectionId: 'p1' }),
      parked({ providerUserId: 'u1' }, 'another'),
    ]);
    expect(asked).toEqual([]);
  });

  it('is all that it reads of deliveries, and pages all that it reads of connections', () => {
    const { isOfInterest } = scene().reactor.reactor;
    const other = recorded({
      type: 'WebhookResolved',
      data: { deliveryId: 'd', connectionId: ONE, resolvedAt: NOW },
    });
    expect([page(ONE, 'u'), parked({}), other].map((event) => isOfInterest?.(event))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
