import { randomUUID } from 'node:crypto';
import type { ConnectionEvent, LedgerEvent, SyncEvent } from '#domain';
import type { RecordedEvent } from '#kernel';
import { Database, migrate } from '#read-model';
import { PgCircuitBreaker, prepareCircuits } from '#service';
import { engineUrls } from '#testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionsDeps } from '../connections-deps.js';
import { GetConnection } from '../queries.js';
import { CONNECTION_STATUS } from '../connection-rows.js';
import { connectionStatusProjection } from './connection-status.projection.js';
import { accountsOfConnection, connectionById, listConnections } from './connection-status.query.js';
import { GetConnectionHandler } from './get-connection.handler.js';

type Event = ConnectionEvent | SyncEvent | LedgerEvent;

const IBAN = 'FR7699998000010000000452127';
const at = (minute: number): string => new Date(Date.UTC(2026, 9, 1, 9, minute)).toISOString();

let db: Database;

beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await migrate(db, CONNECTION_STATUS, connectionStatusProjection.migrations);
  await prepareCircuits(db);
});

afterAll(() => db.close());

const project = (stream: string, minute: number, ...events: readonly Event[]): Promise<void> =>
  db.transaction((tx) =>
    connectionStatusProjection.project(
      tx,
      CONNECTION_STATUS,
      events.map(
        ({ type, data }) => ({ stream, type, data, recordedAt: at(minute) }) as unknown as RecordedEvent,
      ),
    ),
  );

const scene = (tenantId: string = randomUUID()) => {
  const connectionId = randomUUID();
  const ids = { connectionId, tenantId, companyId: 'c' };
  const ledgerId = randomUUID();
  const event = (type: ConnectionEvent['type'], data: object = {}) =>
    ({ type, data: { ...ids, ...data } }) as ConnectionEvent;
  const opened = event('ConnectionOpened', {
    accountId: '1',
    institutionId: 'BNPAFRPP',
    iban: IBAN,
    provider: 'powens',
    syncEnabled: true,
    syncDaysBack: 90,
  });
  const linked = event('ConnectionLinked', {
    provider: 'powens',
    providerUserId: 'u-1',
    providerConnectionId: 'p-1',
    sealedToken: 'sealed-text',
    stateHash: null,
  });
  const tracked = event('AccountTracked', {
    providerAccountId: 'a-1',
    ledgerId,
    iban: IBAN,
    name: 'Compte 💶',
    accountType: 'checking',
    currency: 'EUR',
    sharing: 'shared',
    accountId: '1',
  });
  const write = (minute: number, ...events: readonly ConnectionEvent[]) =>
    project(`connection-${connectionId}`, minute, ...events);
  const get = (scope: string | null = tenantId) => connectionById(db, connectionId, scope);
  return { connectionId, tenantId, ledgerId, event, opened, linked, tracked, write, get };
};

const freshVisit = () => ({
  connectionId: randomUUID(),
  admission: { kind: 'closed', failures: 1 } as const,
});

describe('a bank that fails for everybody', () => {
  const rules = { failures: 2, pauseMs: 60_000, longestPauseMs: 60_000, probeMs: 1_000 };
  const fail = async (bank: string) => {
    const circuits = new PgCircuitBreaker(db, rules);
    const circuit = { provider: 'powens', bank };
    const until = [
      await circuits.report(circuit, freshVisit(), 'fault'),
      await circuits.report(circuit, freshVisit(), 'fault'),
    ];
    return { until: until[1], heal: () => circuits.report(circuit, freshVisit(), 'ok') };
  };

  it('is told of all its connections, until it answers again, and of no other', async () => {
    const tenantId = randomUUID();
    const bank = randomUUID().slice(0, 8);
    const [ours, gone, other] = [scene(tenantId), scene(tenantId), scene(tenantId)];
    for (const { opened, linked, write } of [ours, gone]) {
      await write(0, { ...opened, data: { ...opened.data, institutionId: bank } } as ConnectionEvent, linked);
    }
    await gone.write(1, gone.event('ConnectionDisconnected', { by: 'caller' }));
    await other.write(0, other.opened);
    expect((await ours.get()).bankIncident).toBeNull();
    const { until, heal } = await fail(bank);
    const message = expect.stringMatching(
      /fails for everybody: 2 syncs in a row, of 2 connections/,
    ) as string;
    expect((await ours.get()).bankIncident).toEqual({ failures: 2, connections: 2, until, message });
    const { items } = await listConnections(db, { scope: tenantId, limit: 9 });
    expect(items.filter(({ bankIncident }) => bankIncident).map(({ id }) => id)).toEqual([ours.connectionId]);
    await heal();
    expect((await ours.get()).bankIncident).toBeNull();
  });

  it('is told of no other connection while it fails for one alone', async () => {
    const tenantId = randomUUID();
    const bank = randomUUID().slice(0, 8);
    const [failing, other] = [scene(tenantId), scene(tenantId)];
    for (const { opened, linked, write } of [failing, other]) {
      await write(0, { ...opened, data: { ...opened.data, institutionId: bank } } as ConnectionEvent, linked);
    }
    const circuits = new PgCircuitBreaker(db, { ...rules, failures: 1 });
    const visit = {
      connectionId: failing.connectionId,
      admission: { kind: 'closed', failures: 0 } as const,
    };
    const until = await circuits.report({ provider: 'powens', bank }, visit, 'bank-fault');
    const message = expect.stringMatching(/^(?!.*everybody).*1 times in a row for this connection/) as string;
    expect((await failing.get()).bankIncident).toEqual({ failures: 1, connections: 1, until, message });
    expect((await other.get()).bankIncident).toBeNull();
  });
});

describe('a connection as the outside sees it', () => {
  it('goes from pending to active, with its accounts, their balance and its last sync', async () => {
    const { connectionId, ledgerId, opened, linked, tracked, write, get } = scene();
    await write(0, opened);
    expect(await get()).toMatchObject({
      status: 'pending',
      accounts: [],
      lastSyncAt: null,
      createdAt: at(0),
    });
    await write(1, linked, tracked);
    await project(`ledger-${ledgerId}`, 2, {
      type: 'BalanceObserved',
      data: { ledgerId, balance: '12.30', currency: 'EUR' },
    } as LedgerEvent);
    await project(`sync-${connectionId}`, 3, {
      type: 'SyncCompleted',
      data: { connectionId, status: 'partial', endedAt: at(3) },
    } as unknown as SyncEvent);
    expect(await get()).toMatchObject({
      status: 'active',
      statusReason: null,
      accounts: [{ id: ledgerId, accountId: '1', name: 'Compte 💶', status: 'tracked', balance: '12.30' }],
      lastSyncAt: at(3),
      lastSyncStatus: 'partial',
      createdAt: at(0),
      updatedAt: at(1),
    });
  });

  it('tells when a run that waits begins, until it has begun or need not wait', async () => {
    const { connectionId, opened, linked, write, get } = scene();
    const happen = (type: SyncEvent['type'], data: object = {}) =>
      project(`sync-${connectionId}`, 2, { type, data: { connectionId, ...data } } as unknown as SyncEvent);
    const next = async () => (await get()).nextAutomaticAction;
    await write(0, opened, linked);
    expect(await next()).toBeNull();
    for (const [type, data] of [
      ['SyncStarted', { attempt: 1 }],
      ['SyncJoined', { endsWait: true }],
      ['SyncTimedOut', { endedAt: at(4) }],
    ] as const) {
      await happen('SyncRequested', { notBefore: at(9) });
      expect(await next()).toEqual({ what: 'sync', at: at(9) });
      await happen('SyncJoined', { endsWait: false });
      expect(await next()).toEqual({ what: 'sync', at: at(9) });
      await happen(type, data);
      expect(await next()).toBeNull();
    }
  });

  it('tells an error before a pause, and a disconnection before both', async () => {
    const { opened, linked, tracked, event, write, get } = scene();
    await write(0, opened, linked, tracked, event('SyncPaused'));
    expect((await get()).status).toBe('inactive');
    await write(1, event('UserActionRequired', { code: 'SCARequired', owner: 'user' }));
    expect(await get()).toMatchObject({
      status: 'error',
      statusReason: expect.stringContaining('SCARequired') as string,
    });
    await write(2, event('ConnectionRecovered'), event('SyncResumed'));
    expect((await get()).status).toBe('active');
    await write(3, event('ConnectionDisconnected', { by: 'caller' }));
    expect((await get()).status).toBe('disconnected');
    await write(4, opened);
    expect(await get()).toMatchObject({ status: 'pending', accounts: [], createdAt: at(0) });
  });

  it('shows every bank account and what could be decided of it; one that was re-created as what continues it', async () => {
    const { connectionId, tenantId, ledgerId, event, opened, linked, tracked, write, get } = scene();
    const gone = event('AccountVanished', { providerAccountId: 'a-1', reason: 'gone' });
    const twin = (providerAccountId: string) =>
      event('AccountDiscovered', { ...tracked.data, providerAccountId });
    const list = async () => {
      const { items } = await accountsOfConnection(db, connectionId, tenantId);
      return items.map(({ id, status, accountId, candidateFor }) => [id, status, accountId, candidateFor]);
    };
    const candidateFor = [{ accountId: '1', ledgerId }];
    await write(0, opened, linked, tracked, gone, twin('a-7'), twin('a-8'));
    expect(await list()).toEqual([
      ['a-1', 'vanished', '1', []],
      ['a-7', 'ambiguous', null, candidateFor],
      ['a-8', 'ambiguous', null, candidateFor],
    ]);
    await write(1, event('AccountTracked', { ...tracked.data, providerAccountId: 'a-7' }));
    await write(1, event('AccountIgnored', { providerAccountId: 'a-8', reason: 'caller' }));
    expect(await list()).toEqual(
      expect.arrayContaining([
        ['a-1', 'vanished', null, []],
        ['a-7', 'tracked', '1', []],
        ['a-8', 'ignored', null, []],
      ]),
    );
    const { accounts } = await get();
    expect(accounts.map(({ id, status }) => [id, status])).toEqual(
      expect.arrayContaining([
        [ledgerId, 'tracked'],
        [ledgerId, 'ignored'],
      ]),
    );
    expect(accounts).toHaveLength(2);
    await expect(accountsOfConnection(db, connectionId, 'other')).rejects.toMatchObject({
      code: 'connection.not-found',
    });
  });

  it('keeps neither token nor link secrets in the row', async () => {
    const { connectionId, opened, linked, event, write } = scene();
    const started = event('LinkStarted', { stateHash: 'hash-of-state', sealedToken: 'sealed-text' });
    await write(0, opened, started, linked);
    const [row] = await db.query<{ text: string }>(
      `SELECT state::text AS text FROM ${CONNECTION_STATUS}.connections WHERE id = $1`,
      [connectionId],
    );
    expect(row?.text).toContain(IBAN);
    expect(row?.text).not.toMatch(/sealed-text|hash-of-state/);
  });

  it('is hidden from other tenants, and unknown under an id that is none', async () => {
    const { opened, write, get, connectionId } = scene();
    await write(0, opened);
    await expect(get('other')).rejects.toMatchObject({ code: 'connection.not-found' });
    expect((await get(null)).id).toBe(connectionId);
    for (const id of ['1', '\u0000', randomUUID()])
      await expect(connectionById(db, id, null)).rejects.toMatchObject({ code: 'connection.not-found' });
  });

  it('is not denied while the log says more than the rows', async () => {
    const handler = new GetConnectionHandler({ db } as ConnectionsDeps);
    const ahead = new GetConnection(randomUUID(), null, 9_000_000_000_000n);
    await expect(handler.execute(ahead)).rejects.toMatchObject({ code: 'service.unavailable' });
    await expect(handler.execute(new GetConnection(randomUUID(), null))).rejects.toMatchObject({
      code: 'connection.not-found',
    });
  });
});

describe('the list of connections', () => {
  it('is the tenant’s own, newest first, page by page, by status', async () => {
    const tenantId = randomUUID();
    const all = Array.from({ length: 5 }, () => scene(tenantId));
    // Two of the same instant: the id decides.
    for (const [index, { write, opened }] of all.entries()) await write(Math.max(1, index), opened);
    const [oldest, , , , newest] = all;
    await newest?.write(10, newest.linked, newest.tracked);
    await scene().write(20, scene().opened);

    const ids: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await listConnections(db, { scope: tenantId, limit: 2, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(new Set(ids)).toEqual(new Set(all.map(({ connectionId }) => connectionId)));
    expect(ids).toHaveLength(5);
    expect(ids[0]).toBe(newest?.connectionId);
    expect(ids.slice(3)).toContain(oldest?.connectionId);

    const active = await listConnections(db, { scope: tenantId, status: 'active', limit: 10 });
    expect(active.items.map(({ id }) => id)).toEqual([newest?.connectionId]);
    await expect(listConnections(db, { scope: tenantId, limit: 1, cursor: 'made-up' })).rejects.toMatchObject(
      {
        code: 'cursor.invalid',
      },
    );
  });
});

const ended = (
  { connectionId }: { readonly connectionId: string },
  type: 'SyncCompleted' | 'SyncFailed',
  part: object,
) =>
  project(`sync-${connectionId}`, 5, {
    type,
    data: { connectionId, endedAt: at(5), status: 'partial', refreshedAt: at(4), ...part },
  } as unknown as SyncEvent);
const looks = (refreshedAt: string | null, error: string | null) => [
  {
    providerAccountId: 'a-1',
    refreshedAt,
    problem: error && { code: 'account.failing', parameters: { error } },
  },
];
const seen = async ({ connectionId, tenantId, get }: ReturnType<typeof scene>) => {
  const [account] = (await accountsOfConnection(db, connectionId, tenantId)).items;
  const [beside] = (await get()).accounts;
  expect(beside?.refreshedAt).toBe(account?.refreshedAt);
  return { refreshedAt: account?.refreshedAt, problem: account?.problem };
};

describe('the freshness of each account', () => {
  it('is unknown before the first sync, then as of the last one that asked, however it ended', async () => {
    const known = scene();
    await known.write(0, known.opened, known.linked, known.tracked);
    expect(await seen(known)).toEqual({ refreshedAt: null, problem: null });
    await ended(known, 'SyncCompleted', { accountLooks: looks(at(1), 'bug') });
    expect(await seen(known)).toEqual({
      refreshedAt: at(1),
      problem: {
        code: 'account.failing',
        parameters: { error: 'bug' },
        actionOwner: 'provider',
        message: expect.stringMatching(/account 1: bug.*fresh link/) as string,
      },
    });
    await ended(known, 'SyncFailed', {});
    expect(await seen(known)).toMatchObject({ refreshedAt: at(1), problem: { code: 'account.failing' } });
    await ended(known, 'SyncFailed', { accountLooks: looks(at(3), null) });
    expect(await seen(known)).toEqual({ refreshedAt: at(3), problem: null });
  });

  it('is no problem of an account that is not shared any more', async () => {
    const known = scene();
    const gone = known.event('AccountVanished', { providerAccountId: 'a-1', reason: 'not-shared' });
    await known.write(0, known.opened, known.linked, known.tracked, gone);
    await ended(known, 'SyncCompleted', { accountLooks: looks(at(1), 'bug') });
    expect(await seen(known)).toEqual({ refreshedAt: at(1), problem: null });
  });
});
