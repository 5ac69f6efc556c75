import { randomUUID } from 'node:crypto';
import { COMMAND_SUBJECTS } from '#contracts';
import type { ConnectionEvent } from '#domain';
import { streamOf } from '#kernel';
import { PermanentFailure } from '#messaging';
import { type BankProvider, type ProviderAccess, ProviderError } from '#providers';
import { Providers } from '#service';
import { anyMetadata, InMemoryEventStore } from '#testing';
import { generateKey, Vault } from '#vault';
import { describe, expect, it } from 'vitest';
import type { ConnectionsDeps } from '../connections-deps.js';
import { DisconnectAtProvider } from './disconnect-at-provider.command.js';
import { DisconnectAtProviderHandler } from './disconnect-at-provider.handler.js';
import { DisconnectAtProviderReactor } from './disconnect-at-provider.reactor.js';

const metadata = () => anyMetadata({ tenantId: 't' });
const NOW = '2026-11-22T10:00:00.000Z';
const vault = new Vault(generateKey());

const failing = (kind: ProviderError['kind']) => () =>
  Promise.reject(new ProviderError(kind, 'powens.conflict', 'Words.'));

describe('a disconnection at the provider', () => {
  const connectionId = randomUUID();
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
  const linkedTo = (providerConnectionId: string): ConnectionEvent => ({
    type: 'ConnectionLinked',
    data: {
      ...ids,
      provider: 'powens',
      providerUserId: 'u',
      providerConnectionId,
      sealedToken: vault.seal(`token of ${providerConnectionId}`),
      stateHash: null,
      linkedAt: NOW,
    },
  });
  const linked = linkedTo('p-1');
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
    known: readonly ConnectionEvent[],
    revision: bigint,
    powens: Partial<BankProvider>,
    key = vault,
  ) => {
    const store = new InMemoryEventStore();
    const stream = streamOf('connection', connectionId);
    await store.append(stream, 'no-stream', known.map((event) => ({ ...event, metadata: metadata() }))); // prettier-ignore
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
      metadata,
    };
    const handler = new DisconnectAtProviderHandler(deps as ConnectionsDeps);
    const execute = () => handler.execute(new DisconnectAtProvider(connectionId, revision));
    const written = async () => {
      const events: { readonly type: string; readonly data: unknown }[] = [];
      for await (const { type, data } of store.readStream(stream)) events.push({ type, data });
      return events.slice(known.length);
    };
    return { execute, asked, written, stored: () => store.readStream(stream) };
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

  it('ends what was linked then, not what was linked since', async () => {
    const again = [opened, linked, gone('caller', false), opened, linkedTo('p-2')];
    const { execute, asked } = await follow(again, 2n, {});
    await execute();
    expect(asked).toEqual(['disconnect p-1 with token of p-1']);
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
    for (const kind of ['retry', 'retry-after'] as const) {
      const away = await follow(events, 3n, { disconnect: failing(kind) });
      await expect(away.execute()).rejects.toBeInstanceOf(ProviderError);
      expect(await away.written()).toEqual([]);
    }
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

  it('of a user that was made beside another deletes that one alone, and is announced', async () => {
    const spare: ConnectionEvent = {
      type: 'SpareUserMade',
      data: { ...ids, providerUserId: 'u2', sealedToken: vault.seal('spare token'), madeAt: NOW },
    };
    const { execute, asked, written, stored } = await follow([opened, page, spare, linked], 2n, {});
    await execute();
    await execute();
    expect(asked).toEqual(['end user u2, spare others']);
    const ended = { providerUserId: 'u2', providerConnectionId: null, user: 'deleted' };
    expect(await written()).toMatchObject([{ type: 'LinkEnded', data: ended }]);
    const published: unknown[] = [];
    const reactor = new DisconnectAtProviderReactor({
      publish: async (_, payload) => void published.push(payload),
    });
    for await (const event of stored()) await reactor.react(event);
    expect(published).toEqual([{ connectionId, revision: '2' }]);
  });

  it('asks nobody when no key opens the token', async () => {
    const key = new Vault(generateKey());
    const { asked, execute } = await follow([opened, page, linked, gone('caller', true)], 3n, {}, key);
    await expect(execute()).rejects.toMatchObject({ code: 'vault.unknown-key' });
    expect(asked).toEqual([]);
  });

  it('is announced once for what is left to be ended, and asks no provider while the log is read', async () => {
    const nothingLeft: ConnectionEvent = {
      type: 'ConnectionDisconnected',
      data: { ...ids, by: 'provider', disconnectedAt: NOW },
    };
    const history = [opened, linked, gone('caller', false), opened, linkedTo('p-2'), nothingLeft];
    const { stored, asked } = await follow(history, 2n, {});
    const published: unknown[] = [];
    const reactor = new DisconnectAtProviderReactor({
      publish: async (subject, payload) => void published.push([subject, payload]),
    });
    for await (const event of stored()) await reactor.react(event);
    expect(published).toEqual([[COMMAND_SUBJECTS.disconnectAtProvider, { connectionId, revision: '2' }]]);
    expect(asked).toEqual([]);
  });
});
