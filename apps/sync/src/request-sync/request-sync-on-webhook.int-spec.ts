import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import {
  connection, type ConnectionEvent, delivery, type DeliveryEvent, type NoticeTarget, type ProviderNotice, sync,
} from '#domain'; // prettier-ignore
import { type RecordedEvent, streamOf, SystemClock } from '#kernel';
import { AlsCorrelationScope } from '#platform';
import {
  Database,
  LockKeeper,
  PgSnapshots,
  type ProjectionModel,
  type Runner,
  runProjection,
  runReactor,
} from '#read-model';
import { anyMetadata, engineUrls, InMemoryEventStore } from '#testing';
import type { CommandBus } from '@nestjs/cqrs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeliveriesForgotten, FORGOTTEN_CATEGORY } from '../forgotten-deliveries.js';
import { SyncDeps } from '../sync-deps.js';
import { linkedConnectionsProjection } from './linked-connections.js';
import { RequestSyncOnWebhookReactor } from './request-sync-on-webhook.reactor.js';
import type { RequestSyncOf } from './request-sync.command.js';
import { RequestSyncHandler } from './request-sync.handler.js';

const NOW = '2026-11-22T10:00:00.000Z';
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A database of one's own: the projection and its checkpoint have names that are fixed. */
const freshDatabase = async (): Promise<Database> => {
  const admin = new Database(engineUrls().databaseUrl);
  const name = `webhooks_${randomUUID().replaceAll('-', '')}`;
  await admin.execute(`CREATE DATABASE ${name}`);
  const url = new URL(engineUrls().databaseUrl);
  url.pathname = `/${name}`;
  const db = new Database(url.href);
  closing.push(async () => {
    await db.close();
    await admin.execute(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.close();
  });
  return db;
};

let store: InMemoryEventStore;
let reactor: RequestSyncOnWebhookReactor;
let runners: {
  readonly project: (model?: ProjectionModel) => Runner;
  readonly react: () => Runner;
};

beforeEach(async () => {
  store = new InMemoryEventStore();
  await store.logId();
  const db = await freshDatabase();
  const keeper = new LockKeeper(db);
  const parts = { db, store, keeper, snapshots: new PgSnapshots(db, randomUUID()), clock: new SystemClock() };
  const deps = Object.assign(Object.create(SyncDeps.prototype) as SyncDeps, parts, {
    correlation: new AlsCorrelationScope(),
    policy: { webhookIntervalMs: 0 },
  });
  const handler = new RequestSyncHandler(deps);
  const bus = { execute: (command: RequestSyncOf) => handler.execute(command) } as unknown as CommandBus;
  reactor = new RequestSyncOnWebhookReactor(deps, bus);
  const started = (runner: Runner): Runner => {
    closing.push(() => runner.stop());
    return runner;
  };
  closing.push(
    () => keeper.close(),
    () => store.close(),
  );
  const context = { db, keeper, source: store, retryFirstMs: 20 };
  runners = {
    project: (model = linkedConnectionsProjection) => started(runProjection({ ...context, model })),
    react: () => started(runReactor({ ...context, reactor: reactor.reactor })),
  };
});

const eventsOf = async (category: string, id: string): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(streamOf(category, id))) events.push(event);
  return events;
};

const append = async (
  category: string,
  id: string,
  ...events: readonly { readonly type: string; readonly data: object }[]
): Promise<readonly RecordedEvent[]> => {
  const revision = (await eventsOf(category, id)).at(-1)?.revision ?? 'no-stream';
  const news = events.map((event) => ({ ...event, metadata: anyMetadata() }));
  return (await store.append(streamOf(category, id), revision, news)).recorded();
};

const anyone: NoticeTarget = {
  connectionId: null,
  providerUserId: null,
  providerConnectionId: null,
  providerAccountId: null,
};
const changed = (target: Partial<NoticeTarget>): ProviderNotice => ({
  kind: 'data-may-have-changed',
  target: { ...anyone, ...target },
});

/** Appends a delivery with this notice. */
const deliver = async (notice: ProviderNotice, deliveryId = `powens_${randomUUID()}`) => {
  const data = {
    deliveryId,
    provider: 'powens',
    scheme: 'powens',
    secretFingerprint: 'f',
    notice,
    path: '/webhooks/powens',
    signedAt: null,
    sealedBody: null,
    bodyBytes: 1,
    bodySha256: 'x',
    receivedAt: NOW,
  };
  const [event] = await append(delivery.category, deliveryId, {
    type: 'WebhookReceived',
    data,
  } satisfies DeliveryEvent);
  if (!event) throw new Error('nothing was stored');
  return { deliveryId, event };
};

/** A connection of ours, opened but not linked, and what may happen to it. */
const open = async () => {
  const connectionId = randomUUID();
  const context = { connectionId, tenantId: 't', companyId: 'c' };
  const happen = (...events: readonly ConnectionEvent[]) =>
    append(connection.category, connectionId, ...events);
  await happen({
    type: 'ConnectionOpened',
    data: {
      ...context,
      accountId: '1',
      institutionId: 'i',
      iban: 'FR76',
      provider: 'powens',
      syncEnabled: true,
      syncDaysBack: 90,
      openedAt: NOW,
    },
  });
  const link = (providerConnectionId: string, providerUserId = 'u') =>
    happen({
      type: 'ConnectionLinked',
      data: {
        ...context,
        provider: 'powens',
        providerUserId,
        providerConnectionId,
        sealedToken: 's',
        stateHash: null,
        linkedAt: NOW,
      },
    });
  const pause = () => happen({ type: 'SyncPaused', data: { ...context, pausedAt: NOW } });
  const disconnect = () =>
    happen({ type: 'ConnectionDisconnected', data: { ...context, by: 'caller', disconnectedAt: NOW } });
  return { connectionId, link, pause, disconnect };
};

/** What became of a delivery, as its own stream tells. */
const outcomeOf = async (deliveryId: string) =>
  (await eventsOf(delivery.category, deliveryId))
    .slice(1)
    .map(({ type, data }) => [type, (data as { reason?: string }).reason ?? null]);

/** The requests that the runs of a connection serve, run by run. */
const requestsOf = async (connectionId: string): Promise<readonly string[]> =>
  (await eventsOf(sync.category, connectionId)).flatMap(({ data }) =>
    'causes' in (data as object)
      ? (data as { causes: { requestId: string }[] }).causes.map(({ requestId }) => requestId)
      : [],
  );

const sorted = (texts: readonly string[]) => texts.toSorted((a, b) => (a < b ? -1 : 1));

const eventually = async (check: () => Promise<void>): Promise<void> => {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
};

describe('a webhook for nothing that we know', () => {
  // One that can never be handled would stop all webhooks for ever.
  it.each(['1', randomUUID(), 'a\u0000b', 'x'.repeat(200), '../etc'])(
    'is parked: %j',
    async (connectionId) => {
      runners.project();
      const { deliveryId, event } = await deliver(changed({ connectionId }));
      await reactor.reactBatch([event]);
      expect(await outcomeOf(deliveryId)).toEqual([['WebhookParked', 'connection.not-found']]);
    },
  );

  it('is parked when it names nothing of ours, or nothing at all', async () => {
    runners.project();
    const targets = [{}, { providerConnectionId: '7\u0000' }, { providerUserId: 'nobody' }];
    for (const target of targets) {
      const { deliveryId, event } = await deliver(changed(target));
      await reactor.reactBatch([event]);
      expect(await outcomeOf(deliveryId)).toEqual([['WebhookParked', 'connection.unknown']]);
    }
  });

  it('that aged out before it was looked at does not stand in the way of those after it', async () => {
    runners.project();
    const { connectionId, link } = await open();
    await link('1');
    const gone = await deliver(changed({ providerConnectionId: '9' }));
    await store.deleteStream(streamOf(delivery.category, gone.deliveryId), 0n);
    const next = await deliver(changed({ providerConnectionId: '1' }));
    await reactor.reactBatch([gone.event, next.event]);
    expect(await requestsOf(connectionId)).toEqual([next.deliveryId]);
    expect(await outcomeOf(gone.deliveryId)).toEqual([]);
  });

  it('is left as it is when we do not understand it or have nothing to do', async () => {
    const notices: ProviderNotice[] = [
      { kind: 'unrecognised', event: 'x' },
      { kind: 'nothing-to-do', event: 'y' },
    ];
    for (const notice of notices) {
      const { deliveryId, event } = await deliver(notice);
      await reactor.reactBatch([event]);
      expect(await outcomeOf(deliveryId)).toEqual([]);
    }
  });
});

describe('a batch of webhooks', () => {
  it('asks once for each connection, naming all of its deliveries', async () => {
    runners.project();
    const connections = await Promise.all(
      Array.from({ length: 5 }, async (_, n) => {
        const opened = await open();
        await opened.link(String(n));
        return opened;
      }),
    );
    const deliveries = await Promise.all(
      Array.from({ length: 40 }, (_, n) => deliver(changed({ providerConnectionId: String(n % 5) }))),
    );
    const batch = deliveries.map(({ event }) => event);
    await reactor.reactBatch(batch);
    for (const [n, { connectionId }] of connections.entries()) {
      const wanted = deliveries.filter((_, index) => index % 5 === n).map(({ deliveryId }) => deliveryId);
      expect(sorted(await requestsOf(connectionId))).toEqual(sorted(wanted));
      const [requested, ...others] = await eventsOf(sync.category, connectionId);
      expect(others).toEqual([]);
      // The run belongs to the story of the first delivery that asked for it.
      expect(requested?.metadata).toMatchObject({
        correlationId: batch[n]?.metadata.correlationId,
        causationId: batch[n]?.id,
      });
    }
  });

  it('that is handled again after a crash asks for nothing twice', async () => {
    runners.project();
    const { connectionId, link } = await open();
    await link('1');
    const known = await Promise.all(
      Array.from({ length: 300 }, () => deliver(changed({ providerConnectionId: '1' }))),
    );
    const stranger = await deliver(changed({ providerConnectionId: '2' }));
    const batch = [...known, stranger].map(({ event }) => event);
    await reactor.reactBatch(batch);
    await reactor.reactBatch(batch);
    expect(await requestsOf(connectionId)).toHaveLength(300);
    expect(await outcomeOf(stranger.deliveryId)).toHaveLength(1);
  });
});

describe('a webhook', () => {
  it('that names only the provider’s user means all connections of it', async () => {
    runners.project();
    const [a, b, other] = [await open(), await open(), await open()];
    await a.link('1', 'u1');
    await b.link('2', 'u1');
    await other.link('3', 'u2');
    const { deliveryId, event } = await deliver({
      kind: 'user-deleted',
      target: { ...anyone, providerUserId: 'u1' },
    });
    await reactor.reactBatch([event]);
    expect(await requestsOf(a.connectionId)).toEqual([deliveryId]);
    expect(await requestsOf(b.connectionId)).toEqual([deliveryId]);
    expect(await requestsOf(other.connectionId)).toEqual([]);
  });

  it('that comes once more after it was forgotten is ignored where its run is still known', async () => {
    runners.project();
    const { connectionId, link } = await open();
    await link('1');
    const first = await deliver(changed({ providerConnectionId: '1' }));
    const { deliveryId } = first;
    await reactor.reactBatch([first.event]);
    await store.deleteStream(streamOf(delivery.category, deliveryId), 0n);
    const again = await deliver(changed({ providerConnectionId: '1' }), deliveryId);
    expect(again.event.revision).toBe(1n);
    const other = await deliver(changed({ providerConnectionId: '1' }));
    await reactor.reactBatch([again.event, other.event]);
    expect(await requestsOf(connectionId)).toEqual([deliveryId, other.deliveryId]);
    expect(await outcomeOf(deliveryId)).toEqual([['WebhookIgnored', 'delivery.repeated']]);
    expect(await outcomeOf(other.deliveryId)).toEqual([]);
  });

  it('for a paused connection is ignored, unless it tells of a deletion', async () => {
    runners.project();
    const { connectionId, link, pause } = await open();
    await link('1');
    await pause();
    const target = { ...anyone, providerConnectionId: '1' };
    const hint = await deliver(changed(target));
    await reactor.reactBatch([hint.event]);
    expect(await outcomeOf(hint.deliveryId)).toEqual([['WebhookIgnored', 'connection.paused']]);
    const deletion = await deliver({ kind: 'connection-deleted', target });
    await reactor.reactBatch([deletion.event]);
    expect(await outcomeOf(deletion.deliveryId)).toEqual([]);
    expect(await requestsOf(connectionId)).toEqual([deletion.deliveryId]);
  });

  it('for a link that we ended is ignored, whichever way it names it', async () => {
    runners.project();
    const { connectionId, link, disconnect } = await open();
    await link('1', 'u1');
    await disconnect();
    const targets = [{ providerConnectionId: '1' }, { providerUserId: 'u1' }, { connectionId }];
    for (const target of targets) {
      const { deliveryId, event } = await deliver(changed(target));
      await reactor.reactBatch([event]);
      expect(await outcomeOf(deliveryId)).toEqual([['WebhookIgnored', 'connection.disconnected']]);
    }
  });

  it('means the connections that are linked now, and none that shared the bank’s link once', async () => {
    runners.project();
    const [before, now] = [await open(), await open()];
    await before.link('1');
    await now.link('1');
    await before.disconnect();
    const { deliveryId, event } = await deliver(changed({ providerConnectionId: '1' }));
    await reactor.reactBatch([event]);
    expect(await requestsOf(before.connectionId)).toEqual([]);
    expect(await requestsOf(now.connectionId)).toEqual([deliveryId]);
    expect(await outcomeOf(deliveryId)).toEqual([]);
  });
});

describe('a webhook that came before its link', () => {
  it('is parked, and acted on when the link is there', async () => {
    runners.project();
    const { connectionId, link } = await open();
    const targets = [{ connectionId }, { providerConnectionId: '1' }, { providerUserId: 'u1' }];
    const early = await Promise.all(targets.map((target) => deliver(changed(target))));
    const stranger = await deliver(changed({ providerConnectionId: '9', providerUserId: 'u1' }));
    await reactor.reactBatch([...early, stranger].map(({ event }) => event));
    const reasons = await Promise.all(early.map(({ deliveryId }) => outcomeOf(deliveryId)));
    expect(reasons.flat()).toEqual([
      ['WebhookParked', 'connection.not-linked'],
      ['WebhookParked', 'connection.unknown'],
      ['WebhookParked', 'connection.unknown'],
    ]);
    const linked = await link('1', 'u1');
    await reactor.reactBatch(linked);
    await reactor.reactBatch(linked);
    const ids = early.map(({ deliveryId }) => deliveryId);
    expect(sorted(await requestsOf(connectionId))).toEqual(sorted(ids));
    for (const id of ids) expect((await outcomeOf(id)).at(-1)).toEqual(['WebhookResolved', null]);
    expect(await outcomeOf(stranger.deliveryId)).toEqual([['WebhookParked', 'connection.unknown']]);
  });

  it('waits no longer once it has aged out, unless it came again since', async () => {
    runners.project();
    const [old, again] = [
      await deliver(changed({ providerConnectionId: '78' })),
      await deliver(changed({ providerConnectionId: '78' })),
    ];
    await reactor.reactBatch([old.event, again.event]);
    const forgotten: DeliveriesForgotten = {
      type: 'DeliveriesForgotten',
      data: {
        // Of the second one the first revision was deleted, and it was received and parked since.
        deliveries: [
          { deliveryId: old.deliveryId, revision: '1' },
          { deliveryId: again.deliveryId, revision: '0' },
        ],
        forgottenAt: NOW,
      },
    };
    await append(FORGOTTEN_CATEGORY, 'deliveries', forgotten);
    const { connectionId, link } = await open();
    await reactor.reactBatch(await link('78'));
    expect(await requestsOf(connectionId)).toEqual([again.deliveryId]);
  });

  it('and was asked for again while it was parked is acted on once, under its new request', async () => {
    runners.project();
    const { connectionId, link } = await open();
    const { deliveryId, event } = await deliver(changed({ providerConnectionId: '1' }));
    await reactor.reactBatch([event]);
    const requestId = `${deliveryId}~1`;
    const replayed = await append(delivery.category, deliveryId, {
      type: 'WebhookReplayed',
      data: {
        deliveryId,
        provider: 'powens',
        requestId,
        notice: changed({ providerConnectionId: '1' }),
        replayedAt: NOW,
      },
    });
    await reactor.reactBatch(replayed);
    await reactor.reactBatch(await link('1'));
    expect(await requestsOf(connectionId)).toEqual([requestId]);
  });

  // The link lies between the delivery and its parking, and what was parked is not projected yet when the link is handled.
  it('is found by its link although it was parked after that', async () => {
    const first = runners.project();
    const { connectionId, link } = await open();
    const { deliveryId, event } = await deliver(changed({ providerConnectionId: '1' }));
    await eventually(async () => expect(first.position()).toBe(event.position));
    await first.stop();
    const linked = await link('1');
    await reactor.reactBatch([event]);
    expect(await outcomeOf(deliveryId)).toEqual([['WebhookParked', 'connection.unknown']]);
    const gate = new EventEmitter();
    const opened = once(gate, 'open');
    runners.project({
      ...linkedConnectionsProjection,
      maxBatch: 1,
      project: async (tx, schema, events) => {
        if (events.some(({ type }) => type === 'WebhookParked')) await opened;
        await linkedConnectionsProjection.project(tx, schema, events);
      },
    });
    const handled = reactor.reactBatch(linked);
    await Promise.race([handled, new Promise((resolve) => setTimeout(resolve, 500))]);
    gate.emit('open');
    await handled;
    expect(await requestsOf(connectionId)).toEqual([deliveryId]);
    expect((await outcomeOf(deliveryId)).at(-1)).toEqual(['WebhookResolved', null]);
  });

  // Deliveries and links are appended at once, by other processes, at any moment of what the reactor does.
  it('or with it, or after it, is never left parked', async () => {
    runners.project();
    runners.react();
    const connections = await Promise.all(Array.from({ length: 12 }, open));
    const deliveryIds = await Promise.all(
      connections.flatMap(({ link }, n) => {
        const name = String(n);
        const late = async (turns: number) => {
          for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setTimeout(resolve, 3));
          return (await deliver(changed({ providerConnectionId: name }))).deliveryId;
        };
        const linking = async () => {
          for (let turn = 0; turn < n; turn += 1) await new Promise((resolve) => setTimeout(resolve, 7));
          await link(name, `u${name}`);
          return null;
        };
        return [late(0), late(n), linking(), late(2 * n), late(3 * n)];
      }),
    );
    await eventually(async () => {
      const served = await Promise.all(connections.map(({ connectionId }) => requestsOf(connectionId)));
      const ids = deliveryIds.filter((id) => id !== null);
      expect(sorted(served.flat())).toEqual(sorted(ids));
      const last = await Promise.all(ids.map(async (id) => (await outcomeOf(id)).at(-1)?.[0]));
      expect(last.filter((type) => type === 'WebhookParked')).toEqual([]);
    });
  });
});
