import { randomUUID } from 'node:crypto';
import type { ConnectionEvent, LedgerEvent } from '#domain';
import type { RecordedEvent } from '#kernel';
import { Database, migrate } from '#read-model';
import { engineUrls } from '#testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONNECTION_STATUS } from '../connection-rows.js';
import { connectionStatusProjection } from '../connection-status/connection-status.projection.js';
import { ledgerUses } from './ledger-uses.js';

const NOW = '2026-10-01T09:00:00.000Z';

let db: Database;
beforeAll(async () => {
  db = new Database(engineUrls().databaseUrl);
  await migrate(db, CONNECTION_STATUS, connectionStatusProjection.migrations);
});
afterAll(() => db.close());

const project = (stream: string, ...events: readonly (ConnectionEvent | LedgerEvent)[]): Promise<void> =>
  db.transaction((tx) =>
    connectionStatusProjection.project(
      tx,
      CONNECTION_STATUS,
      events.map(({ type, data }) => ({ stream, type, data, recordedAt: NOW }) as unknown as RecordedEvent),
    ),
  );

/** A connection of the tenant that imports one account into the ledger. */
const feeder = async (tenantId: string, ledgerId: string) => {
  const connectionId = randomUUID();
  const write = (type: ConnectionEvent['type'], data: object = {}) =>
    project(`connection-${connectionId}`, {
      type,
      data: { connectionId, tenantId, companyId: 'c', ...data },
    } as ConnectionEvent);
  await write('ConnectionOpened', { accountId: '1', iban: 'FR76', provider: 'powens', syncEnabled: true });
  await write('ConnectionLinked', { providerUserId: 'u', providerConnectionId: 'p', sealedToken: 's' });
  await write('AccountTracked', {
    providerAccountId: `a-${connectionId}`,
    ledgerId,
    iban: null,
    identities: ['i'],
    sharing: 'shared',
    accountId: '1',
  });
  return { connectionId, account: `a-${connectionId}`, write };
};

it('tells who else of the tenant imports into a ledger now, and its currency', async () => {
  const tenantId = randomUUID();
  const [ledgerId, empty] = [randomUUID(), randomUUID()];
  const one = await feeder(tenantId, ledgerId);
  await feeder(randomUUID(), ledgerId);
  const balance = { ledgerId, tenantId, balance: '1.00', currency: 'GBP' };
  await project(`ledger-${ledgerId}`, { type: 'BalanceObserved', data: balance } as LedgerEvent);
  const uses = (connectionId: string) =>
    ledgerUses(db, { tenantId, connectionId, ledgerIds: [ledgerId, empty] });
  const source = expect.objectContaining({ providerAccountId: one.account, identities: ['i'] }) as unknown;
  expect(await uses(randomUUID())).toEqual([
    { ledgerId, currency: 'GBP', sources: [source] },
    { ledgerId: empty, currency: null, sources: [] },
  ]);
  expect((await uses(one.connectionId))[0]?.sources).toEqual([]);
});

it.each([
  ['is no longer shared', 'AccountVanished', { reason: 'gone' }],
  ['is ignored', 'AccountIgnored', { reason: 'caller' }],
  ['is disconnected', 'ConnectionDisconnected', { by: 'caller' }],
] as const)('counts no account that %s', async (_, type, data) => {
  const tenantId = randomUUID();
  const ledgerId = randomUUID();
  const { account: providerAccountId, write } = await feeder(tenantId, ledgerId);
  await write(type, { providerAccountId, ...data });
  const [use] = await ledgerUses(db, { tenantId, connectionId: randomUUID(), ledgerIds: [ledgerId] });
  expect(use?.sources).toEqual([]);
});
