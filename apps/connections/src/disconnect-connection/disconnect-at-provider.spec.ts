import { randomUUID } from 'node:crypto';
import { COMMAND_SUBJECTS } from '#contracts';
import type { ConnectionEvent } from '#domain';
import { type EventMetadata, streamOf } from '#kernel';
import { PermanentFailure } from '#messaging';
import { type BankProvider, type ProviderAccess, ProviderError } from '#providers';
import { Providers } from '#service';
import { InMemoryEventStore } from '#testing';
import { generateKey, Vault } from '#vault';
import { describe, expect, it } from 'vitest';
import type { ConnectionsDeps } from '../connections-deps.js';
import { DisconnectAtProvider } from './disconnect-at-provider.command.js';
import { DisconnectAtProviderHandler } from './disconnect-at-provider.handler.js';
import { DisconnectAtProviderReactor } from './disconnect-at-provider.reactor.js';

const metadata: EventMetadata = {
  commandId: randomUUID(),
  correlationId: randomUUID(),
  causationId: null,
  tenantId: 't',
  actor: 'spec',
  traceparent: null,
};
const NOW = '2026-11-22T10:00:00.000Z';
const vault = new Vault(generateKey());

/** Linked to the provider's connection `p-1`, disconnected, opened anew, linked to `p-2`. */
const history = (connectionId: string, key: Vault): readonly ConnectionEvent[] => {
  const ids = { connectionId, tenantId: 't', companyId: 'c' };
  const opened: ConnectionEvent = {
    type: 'ConnectionOpened',
    data: {
      ...ids,
      accountId: '1',
      institutionId: 'BNPAFRPP',
      iban: 'FR7699998000010000000452127',
      provider: 'powens',
      syncEnabled: true,
      syncDaysBack: 90,
      openedAt: NOW,
    },
  };
  const linked = (providerConnectionId: string): ConnectionEvent => ({
    type: 'ConnectionLinked',
    data: {
      ...ids,
      provider: 'powens',
      providerUserId: 'u',
      providerConnectionId,
      sealedToken: key.seal(`token of ${providerConnectionId}`),
      stateHash: null,
      linkedAt: NOW,
    },
  });
  const disconnected: ConnectionEvent = {
    type: 'ConnectionDisconnected',
    data: { ...ids, by: 'caller', disconnectedAt: NOW },
  };
  return [opened, linked('p-1'), disconnected, opened, linked('p-2')];
};

const DISCONNECTED_AT = 2n;

const scene = async (answer: () => Promise<void>, sealedWith = vault) => {
  const asked: ProviderAccess[] = [];
  const powens: Pick<BankProvider, 'name' | 'disconnect'> = {
    name: 'powens',
    disconnect: (access) => {
      asked.push(access);
      return answer();
    },
  };
  const store = new InMemoryEventStore();
  const connectionId = randomUUID();
  await store.append(
    streamOf('connection', connectionId),
    'no-stream',
    history(connectionId, sealedWith).map((event) => ({ ...event, metadata })),
  );
  const providers = new Providers([powens as BankProvider]);
  const deps: Pick<ConnectionsDeps, 'store' | 'vault' | 'provider'> = {
    store,
    vault,
    provider: (name) => providers.named(name),
  };
  const handler = new DisconnectAtProviderHandler(deps as ConnectionsDeps);
  const execute = () => handler.execute(new DisconnectAtProvider(connectionId, DISCONNECTED_AT));
  return { asked, store, connectionId, execute };
};

const failing = (kind: ProviderError['kind']) => () =>
  Promise.reject(new ProviderError(kind, 'powens.conflict', 'Words.'));

describe('a disconnection at the provider', () => {
  it('ends what was linked then, not what was linked since', async () => {
    const { asked, execute } = await scene(() => Promise.resolve());
    await execute();
    expect(asked.map(({ providerConnectionId, accessToken }) => [providerConnectionId, accessToken])).toEqual(
      [['p-1', 'token of p-1']],
    );
  });

  it.each(['retry', 'retry-after'] as const)('is tried again after a failure of kind %s', async (kind) => {
    const { execute } = await scene(failing(kind));
    await expect(execute()).rejects.toBeInstanceOf(ProviderError);
  });

  it('is a dead letter at once when the provider refuses for good', async () => {
    const { execute } = await scene(failing('permanent'));
    await expect(execute()).rejects.toBeInstanceOf(PermanentFailure);
  });

  it('asks nobody when no key opens the token', async () => {
    const { asked, execute } = await scene(() => Promise.resolve(), new Vault(generateKey()));
    await expect(execute()).rejects.toMatchObject({ code: 'vault.unknown-key' });
    expect(asked).toEqual([]);
  });

  it('is announced once per disconnection by a caller, and asks no provider while the log is read', async () => {
    const { store, connectionId } = await scene(failing('retry'));
    const published: unknown[] = [];
    const reactor = new DisconnectAtProviderReactor({
      publish: async (subject, payload) => void published.push([subject, payload]),
    });
    for await (const event of store.readStream(streamOf('connection', connectionId))) {
      await reactor.react(event);
    }
    expect(published).toEqual([
      [COMMAND_SUBJECTS.disconnectAtProvider, { connectionId, revision: String(DISCONNECTED_AT) }],
    ]);
  });
});
