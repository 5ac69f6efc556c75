import { randomUUID } from 'node:crypto';
import type { DeliveryView } from '#contracts';
import type { ProviderNotice, SyncCause } from '#domain';
import type { RecordedEvent } from '#kernel';
import { Database, encodeCursor, migrate } from '#read-model';
import { ownDatabaseUrl } from '#testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYNC_HISTORY, syncHistoryProjection } from '../sync-history/sync-history.projection.js';
import { DELIVERIES } from '../forgotten-deliveries.js';
import { deliveriesProjection } from './deliveries.projection.js';
import { getDelivery } from './get-delivery.query.js';
import { listDeliveries } from './list-deliveries.query.js';

let db: Database;
let position = 0n;

beforeAll(async () => {
  db = new Database(await ownDatabaseUrl());
  await migrate(db, DELIVERIES, deliveriesProjection.migrations);
  await migrate(db, SYNC_HISTORY, syncHistoryProjection.migrations);
});

afterAll(() => db.close());

const at = (second: number): string => new Date(Date.UTC(2026, 8, 1, 9, 0, second)).toISOString();

const recorded = (
  stream: string,
  type: string,
  data: object,
  { revision = 0n, actor = null }: { readonly revision?: bigint; readonly actor?: string | null } = {},
): RecordedEvent => {
  position += 64n;
  return {
    id: randomUUID(),
    type,
    stream,
    revision,
    position,
    data,
    metadata: {
      commandId: 'c',
      correlationId: 'c',
      causationId: null,
      tenantId: null,
      actor,
      traceparent: null,
    },
    recordedAt: at(59),
  };
};

const project = (...events: readonly RecordedEvent[]): Promise<void> =>
  db.transaction((tx) => deliveriesProjection.project(tx, DELIVERIES, events));

const target = (of: Partial<Record<'connectionId' | 'providerUserId' | 'providerConnectionId', string>>) => ({
  connectionId: null,
  providerUserId: null,
  providerConnectionId: null,
  providerAccountId: null,
  ...of,
});

const changed = (of: Parameters<typeof target>[0]): ProviderNotice => ({
  kind: 'data-may-have-changed',
  target: target(of),
});

/** A connection with its tenant and what a provider calls it, and the events that say so. */
const connectionOf = (tenantId: string = randomUUID(), provider: 'powens' | 'tink' = 'powens') => {
  const [connectionId, providerUserId, providerConnectionId] = [randomUUID(), randomUUID(), randomUUID()];
  const context = { connectionId, tenantId, companyId: 'c' };
  const stream = `connection-${connectionId}`;
  const opened = () => recorded(stream, 'ConnectionOpened', { ...context, provider });
  const linkedTo = (theirs: string, userId = providerUserId) =>
    recorded(stream, 'ConnectionLinked', {
      ...context,
      provider,
      providerUserId: userId,
      providerConnectionId: theirs,
    });
  const linked = (userId = providerUserId) => linkedTo(providerConnectionId, userId);
  const run = (requestIds: readonly string[], type = 'SyncRequested', syncId = randomUUID()) =>
    recorded(`sync-${connectionId}`, type, {
      ...context,
      syncId,
      causes: requestIds.map((requestId): SyncCause => ({ requestId, trigger: 'webhook' })),
    });
  return {
    connectionId,
    tenantId,
    provider,
    providerUserId,
    providerConnectionId,
    opened,
    linked,
    linkedTo,
    run,
  };
};

const deliveryOf = (notice: ProviderNotice, provider: 'powens' | 'tink' = 'powens') => {
  const deliveryId = `${provider}_${randomUUID()}`;
  const stream = `delivery-${deliveryId}`;
  const received = (revision = 0n, second = 1) =>
    recorded(
      stream,
      'WebhookReceived',
      {
        deliveryId,
        provider,
        scheme: provider,
        secretFingerprint: '0a1b2c3d',
        notice,
        path: '/webhooks/powens/connection-synced',
        signedAt: '2026-09-01T11:00:00.123456+02:00',
        sealedBody: 'sealed',
        bodyBytes: 120,
        bodySha256: 'e3b0c442',
        receivedAt: at(second),
      },
      { revision },
    );
  const parked = (reason = 'connection.unknown', revision = 1n) =>
    recorded(stream, 'WebhookParked', { deliveryId, reason, parkedAt: at(2) }, { revision });
  const ignored = (reason = 'connection.paused', revision = 1n) =>
    recorded(stream, 'WebhookIgnored', { deliveryId, reason, ignoredAt: at(3) }, { revision });
  const resolved = (connectionId: string, revision = 2n) =>
    recorded(stream, 'WebhookResolved', { deliveryId, connectionId, resolvedAt: at(4) }, { revision });
  const replayed = (n: number, revision = 2n, now: ProviderNotice = notice) =>
    recorded(
      stream,
      'WebhookReplayed',
      { deliveryId, provider, requestId: `${deliveryId}~${n}`, notice: now, replayedAt: at(5) },
      { revision, actor: 'api-key:admin' },
    );
  const show = (scope: string | null = null) => getDelivery(db, deliveryId, scope);
  return { deliveryId, received, parked, ignored, resolved, replayed, show };
};

const forgotten = (...deliveries: readonly { deliveryId: string; revision: string }[]): RecordedEvent =>
  recorded('forgotten-deliveries', 'DeliveriesForgotten', { deliveries, forgottenAt: at(50) });

const refused = (work: Promise<unknown>) =>
  expect(work).rejects.toMatchObject({ code: 'delivery.not-found' });

describe('a delivery', () => {
  it('is received, then applied by the run that names it, and shows what that run did', async () => {
    const { connectionId, tenantId, providerConnectionId, opened, linked, run } = connectionOf();
    const { deliveryId, received, show } = deliveryOf(changed({ providerConnectionId }));
    await project(opened(), linked(), received());
    await refused(show(tenantId));
    expect(await show()).toMatchObject({
      state: 'received',
      reason: null,
      connections: [],
      signedAt: '2026-09-01T11:00:00.123456+02:00',
      notice: { kind: 'data-may-have-changed', event: null, code: null, providerConnectionId },
      syncs: [],
    });
    const syncId = randomUUID();
    await project(run([deliveryId], 'SyncRequested', syncId));
    expect(await show(tenantId)).toMatchObject({
      state: 'applied',
      connections: [{ connectionId, tenantId }],
      syncs: [{ id: syncId, connectionId, requestId: deliveryId, status: 'pending', endedAt: null }],
      history: [
        { what: 'received', at: at(1), syncId: null },
        { what: 'applied', at: at(59), syncId, connectionId },
      ],
    });
    await db.execute(
      `INSERT INTO sync_history.runs (sync_id, connection_id, tenant_id, company_id, trigger, status, queued, created_at, ended_at, imported)
       VALUES ($1, $2, $3, 'c', 'webhook', 'success', false, $4, $4, 7)`,
      [syncId, connectionId, tenantId, at(9)],
    );
    expect((await show()).syncs).toMatchObject([
      { status: 'success', endedAt: at(9), transactionsImported: 7 },
    ]);
  });

  it.each(['SyncRequested', 'SyncQueuedAgain', 'SyncJoined'])(
    'is applied by %s, once for one run',
    async (type) => {
      const { run } = connectionOf();
      const { deliveryId, received, show } = deliveryOf(changed({}));
      const syncId = randomUUID();
      await project(received(), run(['another', deliveryId], type, syncId));
      await project(run([deliveryId, 'a-third'], 'SyncRequested', syncId));
      expect(await show()).toMatchObject({ state: 'applied', syncs: [{ id: syncId }] });
    },
  );

  it('of a user is applied to each of the user’s connections; each tenant sees its own', async () => {
    const [one, two] = [connectionOf(), connectionOf()];
    const { deliveryId, received, show } = deliveryOf(changed({ providerUserId: one.providerUserId }));
    await project(
      one.opened(),
      two.opened(),
      one.linked(),
      two.linked(one.providerUserId),
      received(),
      one.run([deliveryId]),
      two.run([deliveryId]),
    );
    expect((await show()).syncs).toHaveLength(2);
    for (const { tenantId, connectionId } of [one, two]) {
      const seen = await show(tenantId);
      expect(seen.connections).toEqual([{ connectionId, tenantId }]);
      expect(seen.syncs).toMatchObject([{ connectionId }]);
      expect(seen.history.map((step) => step.connectionId)).toEqual([null, connectionId]);
    }
    await refused(show('somebody else'));
  });

  it('that nobody understands is parked from the moment it was received', async () => {
    const { received, show } = deliveryOf({ kind: 'unrecognised', event: 'NEW_EVENT' });
    await project(received());
    expect(await show()).toMatchObject({
      state: 'parked',
      reason: 'notice.unrecognised',
      noticeKind: 'unrecognised',
      notice: { event: 'NEW_EVENT', providerConnectionId: null },
      connections: [],
    });
  });

  it('is parked, finds its connection and is applied; the tenant sees it from then on', async () => {
    const { connectionId, tenantId, run } = connectionOf();
    const { deliveryId, received, parked, resolved, show } = deliveryOf(
      changed({ providerConnectionId: 'late' }),
    );
    await project(received(), parked());
    expect(await show()).toMatchObject({ state: 'parked', reason: 'connection.unknown' });
    await refused(show(tenantId));
    await project(resolved(connectionId));
    expect(await show()).toMatchObject({ state: 'received', reason: null, resolvedAt: at(4) });
    await project(run([deliveryId]));
    const seen = await show(tenantId);
    expect(seen).toMatchObject({ state: 'applied', reason: null, resolvedAt: at(4) });
    expect(seen.history.map(({ what }) => what)).toEqual(['received', 'parked', 'resolved', 'applied']);
  });

  it('stays applied when the run was asked for before the delivery was resolved or parked', async () => {
    const { connectionId, run } = connectionOf();
    const { deliveryId, received, parked, resolved, show } = deliveryOf(changed({}));
    await project(received(), run([deliveryId]), parked(), resolved(connectionId));
    expect(await show()).toMatchObject({ state: 'applied', reason: null, resolvedAt: at(4) });
  });

  it.each(['named by us', 'named by the provider'])(
    'for a connection that wants none is ignored, and its tenant sees why: %s',
    async (named) => {
      const { connectionId, providerConnectionId, tenantId, opened, linked } = connectionOf();
      const { received, ignored, show } = deliveryOf(
        changed(named === 'named by us' ? { connectionId } : { providerConnectionId }),
      );
      await project(opened());
      await project(opened(), linked(), received(), ignored());
      expect(await show(tenantId)).toMatchObject({ state: 'ignored', reason: 'connection.paused' });
      await refused(show('another'));
    },
  );

  it('is matched by what was linked when it was acted on, however the events are batched', async () => {
    const { providerConnectionId, tenantId, opened, linked } = connectionOf();
    const before = deliveryOf(changed({ providerConnectionId }));
    const after = deliveryOf(changed({ providerConnectionId }));
    await project(before.received(), opened(), before.ignored(), linked(), after.received(), after.ignored());
    await refused(before.show(tenantId));
    expect(await after.show(tenantId)).toMatchObject({ state: 'ignored' });
  });

  it('that comes late for what a connection was linked to before is shown to its tenant', async () => {
    const { connectionId, tenantId, providerConnectionId, opened, linked, linkedTo } = connectionOf();
    const { received, ignored, show } = deliveryOf(changed({ providerConnectionId }));
    await project(opened(), linked(), linkedTo(randomUUID()), received(), ignored('connection.disconnected'));
    expect(await show(tenantId)).toMatchObject({ connections: [{ connectionId }] });
  });

  it('that is replayed shows what became of the replay, and keeps what became of it before', async () => {
    const { opened, linked, run, providerConnectionId, tenantId } = connectionOf();
    const { deliveryId, received, replayed, ignored, show } = deliveryOf({
      kind: 'unrecognised',
      event: 'X',
    });
    await project(received(), opened(), linked());
    await project(replayed(1, 1n, changed({ providerConnectionId })));
    expect(await show(tenantId)).toMatchObject({
      state: 'received',
      reason: null,
      replays: 1,
      noticeKind: 'data-may-have-changed',
    });
    await project(run([`${deliveryId}~1`]));
    expect(await show()).toMatchObject({
      state: 'applied',
      syncs: [{ requestId: `${deliveryId}~1` }],
    });
    await project(replayed(2, 2n), ignored('connection.disconnected', 3n));
    const seen = await show();
    expect(seen).toMatchObject({ state: 'ignored', reason: 'connection.disconnected', replays: 2 });
    expect(seen.history.map(({ what, actor }) => [what, actor])).toEqual([
      ['received', null],
      ['replayed', 'api-key:admin'],
      ['applied', null],
      ['replayed', 'api-key:admin'],
      ['ignored', null],
    ]);
    expect((await show(tenantId)).history[1]).toMatchObject({ what: 'replayed', actor: null });
  });

  it('is not unsettled by late news of an earlier request', async () => {
    const { run } = connectionOf();
    const { deliveryId, received, replayed, show } = deliveryOf(changed({}));
    await project(received(), replayed(1, 1n), run([deliveryId]));
    expect(await show()).toMatchObject({ state: 'received', syncs: [{ requestId: deliveryId }] });
  });

  it('whose texts no database can hold does not halt the projection', async () => {
    const { received, show } = deliveryOf(changed({ connectionId: 'a\u0000b\ud800' }));
    await project(received());
    expect((await show()).notice.connectionId).toBe('a\uFFFDb\uFFFD');
  });

  it('is the same after repeated batches and however it is batched', async () => {
    const { connectionId, opened, linked, run, providerConnectionId } = connectionOf();
    const first = deliveryOf(changed({ providerConnectionId: 'x' }));
    const second = deliveryOf(changed({ providerConnectionId }));
    await db.execute(`TRUNCATE ${DELIVERIES}.deliveries, ${DELIVERIES}.matches`);
    const events = [
      opened(),
      linked(),
      first.received(),
      second.received(),
      first.parked(),
      second.ignored(),
      second.replayed(1),
      first.resolved(connectionId),
      run([first.deliveryId, `${second.deliveryId}~1`, second.deliveryId]),
    ];
    await project(...events);
    const once = [await first.show(), await second.show()];
    expect(once).toMatchObject([{ state: 'applied' }, { state: 'applied' }]);
    await project(...events);
    for (const event of events) await project(event);
    expect([await first.show(), await second.show()]).toEqual(once);
    const everyMatch = `SELECT * FROM ${DELIVERIES}.matches ORDER BY position, connection_id`;
    const matches = await db.query(everyMatch);
    await db.execute(
      `TRUNCATE ${DELIVERIES}.deliveries, ${DELIVERIES}.matches, ${DELIVERIES}.links, ${DELIVERIES}.connections`,
    );
    for (const event of events) await project(event);
    expect([await first.show(), await second.show()]).toEqual(once);
    expect(await db.query(everyMatch)).toEqual(matches);
  });
});

const matchesOf = (connectionId: string): Promise<object[]> =>
  db.query(`SELECT * FROM ${DELIVERIES}.matches WHERE connection_id = $1`, [connectionId]);

describe('a forgotten delivery', () => {
  it('is gone, and begins anew when it is received again', async () => {
    const { connectionId, opened, linked, run, providerConnectionId, tenantId } = connectionOf();
    const { deliveryId, received, show } = deliveryOf(changed({ providerConnectionId }));
    const gone = [
      opened(),
      linked(),
      received(),
      run([deliveryId]),
      forgotten({ deliveryId, revision: '0' }),
    ];
    await project(...gone);
    await refused(show());
    expect((await listDeliveries(db, { scope: tenantId, limit: 10 })).items).toEqual([]);
    expect(await matchesOf(connectionId)).toEqual([]);
    await project(received(1n, 40));
    await refused(show(tenantId));
    expect(await show()).toMatchObject({ state: 'received', receivedAt: at(40), syncs: [], connections: [] });
  });

  it('that was received again, or went on, before it was forgotten stays', async () => {
    const again = deliveryOf(changed({}));
    const goesOn = deliveryOf(changed({}));
    await project(again.received(), goesOn.received());
    await project(again.received(1n, 40), goesOn.parked());
    await project(
      forgotten(
        { deliveryId: again.deliveryId, revision: '0' },
        { deliveryId: goesOn.deliveryId, revision: '0' },
      ),
    );
    expect(await again.show()).toMatchObject({ receivedAt: at(40) });
    expect(await goesOn.show()).toMatchObject({ state: 'parked' });
  });

  it('that is received again keeps no connection of before', async () => {
    const { connectionId, opened, linked, run, tenantId } = connectionOf();
    const { deliveryId, received, show } = deliveryOf(changed({}));
    await project(opened(), linked(), received(), run([deliveryId]));
    expect(await show(tenantId)).toMatchObject({ state: 'applied' });
    await project(received(1n, 40));
    await refused(show(tenantId));
    expect(await matchesOf(connectionId)).toEqual([]);
  });
});

/** Every page of a list. */
const pages = async (filter: Parameters<typeof listDeliveries>[1]): Promise<readonly DeliveryView[]> => {
  const seen: DeliveryView[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await listDeliveries(db, { ...filter, cursor });
    seen.push(...page.items);
    cursor = page.nextCursor;
  }
  return seen;
};

const about = ({ connections: all }: DeliveryView, scope: string | null, connectionId?: string) =>
  all.some(
    (one) =>
      (scope === null || one.tenantId === scope) &&
      (connectionId === undefined || one.connectionId === connectionId),
  );

describe('the list of deliveries', () => {
  it('comes newest first, page by page, filtered by all that may be asked, for a tenant and for all', async () => {
    await db.execute(`TRUNCATE ${DELIVERIES}.deliveries, ${DELIVERIES}.matches`);
    const tenant = randomUUID();
    const connections = [
      connectionOf(tenant),
      connectionOf(tenant),
      connectionOf(),
      connectionOf(tenant, 'tink'),
    ];
    const [first] = connections;
    await project(...connections.flatMap((one) => [one.opened(), one.linked(first?.providerUserId)]));
    const events: RecordedEvent[] = [];
    for (let n = 0; n < 60; n++) {
      const connection = connections[n % 5];
      const provider = n % 7 === 0 ? 'tink' : (connection?.provider ?? 'powens');
      const ofUser = n % 6 === 0;
      const notice = ofUser
        ? changed({ providerUserId: first?.providerUserId ?? '' })
        : changed({ providerConnectionId: connection?.providerConnectionId ?? 'none' });
      const one = deliveryOf(notice, provider);
      events.push(one.received(0n, n % 10));
      if (n % 4 === 1) events.push(one.parked());
      if (n % 4 === 2) events.push(one.ignored());
      if (n % 4 === 3 && connection) events.push(connection.run([one.deliveryId]));
    }
    await project(...events);
    const everything = await pages({ scope: null, limit: 7 });
    const order = events.filter(({ type }) => type === 'WebhookReceived').map(({ data }) => data);
    expect(everything.map(({ id }) => id)).toEqual(
      order.map((data) => (data as { deliveryId: string }).deliveryId).toReversed(),
    );
    for (const scope of [null, tenant, 'nobody'])
      for (const provider of [undefined, 'powens', 'tink'] as const)
        for (const state of [undefined, 'received', 'applied', 'ignored', 'parked'] as const)
          for (const connectionId of [undefined, ...connections.map((one) => one.connectionId)]) {
            const wanted = everything.filter(
              (one) =>
                (provider === undefined || one.provider === provider) &&
                (state === undefined || one.state === state) &&
                ((scope === null && connectionId === undefined) || about(one, scope, connectionId)),
            );
            const found = await pages({ scope, provider, state, connectionId, limit: 4 });
            expect(found.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
            const shown = found.flatMap((one) => one.connections.map(({ tenantId }) => tenantId));
            expect(shown.filter((tenantId) => scope !== null && tenantId !== scope)).toEqual([]);
          }
  });

  it.each(['nonsense', encodeCursor(['2026-09-01T09:00:00.000Z', randomUUID()])])(
    'refuses a cursor that is none: %s',
    async (cursor) => {
      await expect(listDeliveries(db, { scope: null, limit: 1, cursor })).rejects.toMatchObject({
        code: 'cursor.invalid',
      });
    },
  );
});
