import { randomUUID } from 'node:crypto';
import type { ConnectionEvent } from '#domain';
import { streamOf } from '#kernel';
import { anyMetadata, InMemoryEventStore } from '#testing';
import { describe, expect, it } from 'vitest';
import type { ConnectionsDeps } from '../connections-deps.js';
import { DecideOnAccount } from './decide-on-account.command.js';
import { DecideOnAccountHandler } from './decide-on-account.handler.js';

const NOW = '2026-11-22T10:00:00.000Z';
const IBAN = 'FR7699998000010000000452127';
const metadata = () => anyMetadata({ tenantId: 't' });

const discovered = (
  ids: { connectionId: string; tenantId: string; companyId: string },
  providerAccountId: string,
): ConnectionEvent => ({
  type: 'AccountDiscovered',
  data: {
    ...ids,
    providerAccountId,
    ledgerId: 'own-ledger',
    iban: null,
    name: 'Livret',
    accountType: 'savings',
    currency: 'EUR',
    sharing: 'shared',
    discoveredAt: NOW,
  },
});

const stored = (each: { readonly type: string; readonly data: object }) => ({
  ...each,
  metadata: metadata(),
});

const scene = async () => {
  const store = new InMemoryEventStore();
  const connectionId = randomUUID();
  const ids = { connectionId, tenantId: 't', companyId: 'c' };
  const events: readonly ConnectionEvent[] = [
    {
      type: 'ConnectionOpened',
      data: {
        ...ids,
        accountId: '1',
        institutionId: 'BNPAFRPP',
        iban: IBAN,
        provider: 'powens',
        syncEnabled: true,
        syncDaysBack: 90,
        openedAt: NOW,
      },
    },
    {
      type: 'ConnectionLinked',
      data: {
        ...ids,
        provider: 'powens',
        providerUserId: 'u',
        providerConnectionId: 'p',
        sealedToken: 's',
        stateHash: null,
        linkedAt: NOW,
      },
    },
    discovered(ids, 'a1'),
    discovered(ids, 'a2'),
  ];
  await store.append(streamOf('connection', connectionId), 'no-stream', events.map(stored));
  const ledgerOf = async (tenantId: string): Promise<string> => {
    const ledgerId = randomUUID();
    const first = { type: 'BalanceObserved', data: { ledgerId, tenantId } };
    await store.append(streamOf('ledger', ledgerId), 'no-stream', [stored(first)]);
    return ledgerId;
  };
  const deps = {
    db: { query: () => Promise.resolve([]) },
    rowsAt: () => Promise.resolve(true),
    store,
    clock: { now: () => NOW },
    metadata,
  };
  const handler = new DecideOnAccountHandler(deps as unknown as ConnectionsDeps);
  const decide = (account: string, decision: DecideOnAccount['decision'], scope: string | null = 't') =>
    handler.execute(new DecideOnAccount(connectionId, scope, account, decision));
  return { decide, ledgerOf };
};

const track = (accountId: string, ledgerId: string | null = null) =>
  ({ action: 'track', accountId, ledgerId }) as const;

describe('a decision about a bank account', () => {
  it('is answered with the account as it is then', async () => {
    const { decide } = await scene();
    const tracked = await decide('a1', track('2'));
    expect(tracked.account).toMatchObject({
      id: 'a1',
      status: 'tracked',
      accountId: '2',
      ledgerId: 'own-ledger',
      refreshedAt: null,
      problem: null,
    });
    expect(tracked.position).not.toBeNull();
    expect((await decide('a1', { action: 'ignore' })).account).toMatchObject({
      status: 'ignored',
      accountId: null,
    });
  });

  it('gives a second account of the same looks a ledger of its own, always the same one', async () => {
    const { decide } = await scene();
    await decide('a1', track('2'));
    const second = await decide('a2', track('3'));
    expect(second.account.ledgerId).not.toBe('own-ledger');
    expect((await decide('a2', track('3'))).account).toEqual(second.account);
  });

  it('lets an account continue a ledger of the tenant, and of no other', async () => {
    const { decide, ledgerOf } = await scene();
    const ledgerId = await ledgerOf('t');
    expect((await decide('a1', track('2', ledgerId))).account.ledgerId).toBe(ledgerId);
    for (const foreign of [await ledgerOf('other'), randomUUID()]) {
      await expect(decide('a2', track('3', foreign))).rejects.toMatchObject({
        code: 'account.unknown-ledger',
      });
    }
  });

  it('is not for other tenants, nor about accounts that there are not', async () => {
    const { decide } = await scene();
    await expect(decide('a1', track('2'), 'other')).rejects.toMatchObject({ code: 'connection.not-found' });
    await expect(decide('a9', track('2'))).rejects.toMatchObject({ code: 'account.unknown' });
  });
});
