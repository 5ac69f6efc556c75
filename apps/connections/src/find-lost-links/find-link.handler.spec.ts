import { randomUUID } from 'node:crypto';
import { connection, type ConnectionEvent, type OpenConnection } from '#domain';
import { runDecider } from '#event-store';
import { streamOf } from '#kernel';
import { type BankProvider, type CallCount, type ConnectionSnapshot, ProviderError } from '#providers';
import { Providers } from '#service';
import { anyAccount, anyMetadata, InMemoryEventStore } from '#testing';
import { generateKey, Vault } from '#vault';
import { describe, expect, it } from 'vitest';
import type { ConnectionsDeps } from '../connections-deps.js';
import { FindLinkOf } from './find-link.command.js';
import { FindLinkHandler } from './find-link.handler.js';

const NOW = '2026-06-01T08:00:00.000Z';
const IBAN = 'FR7699998000010000000452127';
const metadata = () => anyMetadata({ tenantId: 't' });
const showing = (providerConnectionId: string, iban = IBAN): ConnectionSnapshot => ({
  providerConnectionId,
  providerUserId: 'u1',
  health: { kind: 'healthy' },
  refreshedAt: NOW,
  consentExpiresAt: null,
  accounts: [anyAccount({ providerAccountId: `account of ${providerConnectionId}`, iban })],
});

/** A connection that has had a link page, whose provider answers as it is told. */
const scene = async (answer: () => Promise<readonly ConnectionSnapshot[]>) => {
  const store = new InMemoryEventStore();
  const vault = new Vault(generateKey());
  const connectionId = randomUUID();
  const asked: (CallCount | undefined)[] = [];
  const powens: Partial<BankProvider> = {
    name: 'powens',
    listConnections: (_, calls) => {
      asked.push(calls);
      return answer();
    },
  };
  const providers = new Providers([powens as BankProvider]);
  const deps = {
    store,
    vault,
    provider: (name) => providers.named(name),
    clock: { now: () => NOW },
    metadata,
    ledgerIds: () => Promise.resolve((identity) => identity.join()),
  } satisfies Partial<ConnectionsDeps> as unknown as ConnectionsDeps;
  const decide = (command: Parameters<typeof connection.decide>[0]) =>
    runDecider(deps, connection, connectionId, command, { metadata: metadata() });
  const open: OpenConnection = {
    type: 'OpenConnection',
    connectionId,
    tenantId: 't',
    companyId: 'c',
    accountId: '1',
    institutionId: 'BNPAFRPP',
    iban: IBAN,
    provider: 'powens',
    syncEnabled: true,
    syncDaysBack: 90,
    now: NOW,
  };
  await decide(open);
  await decide({
    type: 'StartLink',
    stateHash: 'h',
    expiresAt: '2026-06-01T08:30:00.000Z',
    userBefore: null,
    providerUserId: 'u1',
    sealedToken: vault.seal('token'),
    now: NOW,
  });
  const comeBack = (providerConnectionId: string) =>
    decide({
      type: 'CompleteLink',
      stateHash: 'h',
      providerUserId: 'u1',
      providerConnectionId,
      sealedToken: vault.seal('token'),
      now: NOW,
    });
  const find = (told: string | null, provider: 'powens' | 'tink' = 'powens') =>
    new FindLinkHandler(deps).execute(new FindLinkOf(connectionId, provider, told));
  const written = async () => {
    const events: ConnectionEvent[] = [];
    const stream = streamOf('connection', connectionId);
    for await (const { type, data } of store.readStream(stream))
      events.push({ type, data } as ConnectionEvent);
    return events.slice(2);
  };
  const types = async () => (await written()).map(({ type }) => type);
  return { asked, find, comeBack, written, types };
};

describe('a link that a webhook tells of', () => {
  it('is found, once, and nobody waits for it', async () => {
    const { asked, find, written, types } = await scene(() => Promise.resolve([showing('p1')]));
    await find('p1');
    await find('p1');
    expect(await types()).toEqual(['ConnectionLinked', 'AccountDiscovered', 'AccountTracked']);
    expect((await written())[0]?.data).toMatchObject({ providerConnectionId: 'p1', isFound: true });
    expect(asked).toEqual([{ count: 0 }]);
  });

  it('is none while the person is at it and has not shared the account', async () => {
    const { find, types } = await scene(() =>
      Promise.resolve([showing('p1', 'FR7630006000011234567890189')]),
    );
    await find('p1');
    expect(await types()).toEqual([]);
  });

  it('is nobody’s when another provider tells of it', async () => {
    const { asked, find } = await scene(() => Promise.resolve([showing('p1')]));
    await find('p1', 'tink');
    expect(asked).toEqual([]);
  });

  it('gives way to the one that somebody comes back with meanwhile, accounts and all', async () => {
    const { find, comeBack, types } = await scene(async () => {
      await comeBack('p2');
      return [showing('p1')];
    });
    await find(null);
    expect(await types()).toEqual(['ConnectionLinked']);
  });

  it('besides the one that is used is told, and asked for no more', async () => {
    const { asked, find, comeBack, written } = await scene(() =>
      Promise.resolve([showing('p1'), showing('p2', 'FR7630006000011234567890189')]),
    );
    await comeBack('p1');
    for (const told of ['p1', 'p2', 'p2', null]) await find(told);
    expect(asked).toHaveLength(1);
    const [, others, ...more] = await written();
    expect(more).toEqual([]);
    expect(others).toMatchObject({
      type: 'OtherLinksObserved',
      data: { links: [{ providerConnectionId: 'p2', accounts: [{ iban: 'FR7630006000011234567890189' }] }] },
    });
  });

  it('is looked for again while the provider is away, and not where it refuses for good', async () => {
    let kind: ProviderError['kind'] = 'retry';
    const { find, types } = await scene(() =>
      Promise.reject(new ProviderError(kind, 'powens.token-refused', 'Words.')),
    );
    await expect(find('p1')).rejects.toBeInstanceOf(ProviderError);
    kind = 'retry-after';
    await expect(find('p1')).rejects.toBeInstanceOf(ProviderError);
    kind = 'needs-user';
    await find('p1');
    expect(await types()).toEqual([]);
  });
});
