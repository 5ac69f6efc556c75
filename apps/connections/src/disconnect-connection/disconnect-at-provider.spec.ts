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

describe('a disconnection that is followed up', () => {
  const connectionId = randomUUID();
  const [opened, linked] = history(connectionId, vault);
  const ids = { connectionId, tenantId: 't', companyId: 'c' };
  const page: ConnectionEvent = {
    type: 'LinkStarted',
    data: {
      ...ids,
      stateHash: 'h',
      expiresAt: NOW,
      providerUserId: 'u',
      sealedToken: vault.seal('first token'),
      startedAt: NOW,
    },
  };
  const link = { providerUserId: 'u', providerConnectionId: 'p-1' };
  const gone = (by: 'caller' | 'provider', isOwnUser: boolean): ConnectionEvent => ({
    type: 'ConnectionDisconnected',
    data: { ...ids, by, disconnectedAt: NOW, ending: { ...link, isOwnUser } },
  });

  const follow = async (
    events: readonly (ConnectionEvent | undefined)[],
    revision: bigint,
    powens: Partial<BankProvider>,
    key = vault,
  ) => {
    const store = new InMemoryEventStore();
    const stream = streamOf('connection', connectionId);
    const known = events.filter((event) => event !== undefined);
    await store.append(stream, 'no-stream', known.map((event) => ({ ...event, metadata }))); // prettier-ignore
    const asked: string[] = [];
    const provider: Partial<BankProvider> = {
      name: 'powens',
      disconnect: ({ providerConnectionId, accessToken }) => {
        asked.push(`disconnect ${providerConnectionId} with ${accessToken}`);
        return powens.disconnect?.({} as ProviderAccess) ?? Promise.resolve();
      },
      endUser: (access, others) => {
        asked.push(`end user ${access.providerUserId}, ${others} others`);
        return powens.endUser?.(access, others) ?? Promise.resolve('deleted' as const);
      },
    };
    const providers = new Providers([provider as BankProvider]);
    const deps: Pick<ConnectionsDeps, 'store' | 'vault' | 'provider' | 'clock' | 'metadata'> = {
      store,
      vault: key,
      provider: (name) => providers.named(name),
      clock: { now: () => NOW },
      metadata: () => ({ ...metadata, commandId: randomUUID() }),
    };
    const handler = new DisconnectAtProviderHandler(deps as ConnectionsDeps);
    const execute = () => handler.execute(new DisconnectAtProvider(connectionId, revision));
    const written = async () => {
      const events: { readonly type: string; readonly data: unknown }[] = [];
      for await (const { type, data } of store.readStream(stream)) events.push({ type, data });
      return events.slice(known.length);
    };
    return { execute, asked, written };
  };

  it('ends the link, then the user that was made for it, and says so once', async () => {
    const { execute, asked, written } = await follow([opened, page, linked, gone('caller', true)], 3n, {});
    await execute();
    await execute();
    expect(asked).toEqual(['disconnect p-1 with token of p-1', 'end user u, end others']);
    expect(await written()).toEqual([
      { type: 'LinkEnded', data: { ...ids, ...link, user: 'deleted', endedAt: NOW } },
    ]);
  });

  it('leaves a user of the caller’s alone', async () => {
    const { execute, asked, written } = await follow([opened, linked, gone('caller', false)], 2n, {});
    await execute();
    expect(asked).toEqual(['disconnect p-1 with token of p-1']);
    expect(await written()).toMatchObject([{ type: 'LinkEnded', data: { user: 'kept' } }]);
  });

  it('by the provider spares what else the user is linked to', async () => {
    const { execute, asked, written } = await follow([opened, page, linked, gone('provider', true)], 3n, {
      endUser: () => Promise.resolve('in-use' as const),
    });
    await execute();
    expect(asked).toEqual(['end user u, spare others']);
    expect(await written()).toMatchObject([{ type: 'LinkEnded', data: { user: 'in-use' } }]);
  });

  it('leaves alone what was given to us again meanwhile', async () => {
    const again = [opened, linked, gone('caller', false), opened, linked];
    const { execute, asked, written } = await follow(again, 2n, {});
    await execute();
    expect(asked).toEqual([]);
    expect(await written()).toMatchObject([{ type: 'LinkEnded', data: { user: 'kept' } }]);
  });

  it('goes on while the provider is away, and says where it refuses for good', async () => {
    const events = [opened, page, linked, gone('caller', true)];
    const away = await follow(events, 3n, { disconnect: failing('retry') });
    await expect(away.execute()).rejects.toBeInstanceOf(ProviderError);
    expect(await away.written()).toEqual([]);
    const refusing = await follow(events, 3n, { endUser: failing('permanent') });
    await expect(refusing.execute()).rejects.toBeInstanceOf(PermanentFailure);
    expect(await refusing.written()).toMatchObject([{ type: 'LinkEndRefused' }]);
  });

  it('opens the token as it is sealed now', async () => {
    const fresh = new Vault(generateKey());
    const resealed: ConnectionEvent = {
      type: 'TokenResealed',
      data: { ...ids, ...link, sealedToken: fresh.seal('the same token'), resealedAt: NOW },
    };
    const { execute, asked } = await follow(
      [opened, page, linked, gone('caller', true), resealed],
      3n,
      {},
      fresh,
    );
    await execute();
    expect(asked[0]).toBe('disconnect p-1 with the same token');
  });
});
