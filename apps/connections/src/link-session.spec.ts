import { randomUUID } from 'node:crypto';
import { connection, type ConnectionEvent, type OpenConnection } from '#domain';
import { runDecider } from '#event-store';
import { later, streamOf } from '#kernel';
import { type BankProvider, type LinkRequest, ProviderError } from '#providers';
import { knownConnection, Providers } from '#service';
import { anyMetadata, InMemoryEventStore } from '#testing';
import { generateKey, Vault } from '#vault';
import { describe, expect, it } from 'vitest';
import type { ConnectionsDeps } from './connections-deps.js';
import { CompleteLinkHandler } from './link-connection/complete-link.handler.js';
import { CompleteLinkOf } from './link-connection/complete-link.command.js';
import { startLinkFor } from './link-session.js';
import { readLinkState, signLinkState } from './link-state.js';

const NOW = '2026-06-01T08:00:00.000Z';
const metadata = () => anyMetadata({ tenantId: 't' });
const gate = () => {
  const opening = new AbortController();
  const passed = new Promise<void>((resolve) => {
    opening.signal.addEventListener('abort', () => resolve());
  });
  return { passed, open: () => opening.abort() };
};
const userOf = (event: ConnectionEvent | undefined): string | null =>
  event && 'providerUserId' in event.data ? event.data.providerUserId : null;

/** A connection that is pending, at a provider that makes a user for each page that is asked for without one. */
const scene = async () => {
  const store = new InMemoryEventStore();
  const vault = new Vault(generateKey());
  const connectionId = randomUUID();
  const requests: LinkRequest[] = [];
  /** What each call of a page waits for before it is answered, the first call first. */
  const waits: Promise<void>[] = [];
  let [now, users] = [NOW, 0];
  const powens: Partial<BankProvider> = {
    name: 'powens',
    startLink: async (request) => {
      requests.push(request);
      const url = `page ${requests.length}`;
      const access = request.access ?? {
        accessToken: 'token',
        providerUserId: `u${++users}`,
        providerConnectionId: null,
      };
      await waits.shift();
      return { url, expiresAt: later(now, 3_600_000), access };
    },
    completeLink: () => Promise.reject(new ProviderError('bug', 'powens.conflict', 'Nobody asks.')),
  };
  const providers = new Providers([powens as BankProvider]);
  const parts = {
    store,
    vault,
    provider: (name) => providers.named(name),
    clock: { now: () => now },
    metadata,
    callbackUrl: 'https://app.example.test/v1/link/callback',
  } satisfies Partial<ConnectionsDeps>;
  const deps = parts as unknown as ConnectionsDeps;
  const depsWithoutLog = { ...parts, store: null } as unknown as ConnectionsDeps;
  const decide = (command: Parameters<typeof connection.decide>[0]) =>
    runDecider(deps, connection, connectionId, command, { metadata: metadata() });
  const open: OpenConnection = {
    type: 'OpenConnection',
    connectionId,
    tenantId: 't',
    companyId: 'c',
    accountId: '1',
    institutionId: 'BNPAFRPP',
    iban: 'FR7699998000010000000452127',
    provider: 'powens',
    syncEnabled: true,
    syncDaysBack: 90,
    now,
  };
  await decide(open);
  const start = async () => startLinkFor(deps, await knownConnection(deps, connectionId, null));
  const events = async () => {
    const all: ConnectionEvent[] = [];
    const stream = streamOf('connection', connectionId);
    for await (const { type, data } of store.readStream(stream)) all.push({ type, data } as ConnectionEvent);
    return all.slice(1);
  };
  const at = (instant: string) => void (now = instant);
  return { deps, depsWithoutLog, connectionId, requests, waits, decide, open, start, events, at };
};

describe('link pages that are asked for at the same moment', () => {
  it.each([0, 1])('lead to one user, whose page is made first or last (%i)', async (slow) => {
    const { requests, waits, start, events } = await scene();
    const late = gate();
    waits.push(...[Promise.resolve(), late.passed].toSorted(() => (slow === 0 ? -1 : 1)));
    const both = [start(), start()];
    await Promise.race(both);
    late.open();
    const links = await Promise.all(both);
    const [first, spare, again, ...more] = await events();
    expect(more).toEqual([]);
    expect([first?.type, spare?.type, again?.type]).toEqual(['LinkStarted', 'SpareUserMade', 'LinkStarted']);
    expect(userOf(again)).toBe(userOf(first));
    expect(new Set(['u1', 'u2'])).toEqual(new Set([userOf(first), userOf(spare)]));
    expect(requests.map(({ access }) => access?.providerUserId ?? null)).toEqual([null, null, userOf(first)]);
    expect(new Set(links.map(({ linkUrl }) => linkUrl)).size).toBe(2);
    expect(links.map(({ linkUrl }) => linkUrl)).toContain('page 3');
  });

  it('as many as one likes lead to one user, and every other is left to be deleted', async () => {
    const { start, events, waits } = await scene();
    const all = gate();
    waits.push(...Array.from({ length: 8 }, () => all.passed));
    const links = Array.from({ length: 8 }, start);
    all.open();
    await Promise.all(links);
    const types = (await events()).map(({ type }) => type);
    expect(types.filter((type) => type === 'SpareUserMade')).toHaveLength(7);
    expect(types.filter((type) => type === 'LinkStarted')).toHaveLength(8);
  });

  it('with the end of the connection lead to a refusal, and to a user that is to be deleted', async () => {
    const { start, decide, events, waits } = await scene();
    const late = gate();
    waits.push(late.passed);
    const page = start();
    await decide({ type: 'Disconnect', by: 'caller', now: NOW });
    late.open();
    await expect(page).rejects.toMatchObject({ code: 'connection.disconnected' });
    expect((await events()).map(({ type }) => type)).toEqual(['ConnectionDisconnected', 'SpareUserMade']);
  });

  it('with its end and its being opened anew do not take the user along that ends', async () => {
    const { start, decide, open, events, waits } = await scene();
    await start();
    const late = gate();
    waits.push(late.passed);
    const page = start();
    await decide({ type: 'Disconnect', by: 'caller', now: NOW });
    await decide(open);
    late.open();
    await page;
    const users = (await events()).flatMap((event) =>
      event.type === 'LinkStarted' ? event.data.providerUserId : [],
    );
    expect(users).toEqual(['u1', 'u2']);
  });
});

describe('a state that comes back', () => {
  it('is signed for its connection and its tenant, until the page expires', async () => {
    const { deps, connectionId, requests, start } = await scene();
    const { expiresAt } = await start();
    expect(expiresAt).toBe('2026-06-01T08:30:00.000Z');
    const state = requests[0]?.state ?? '';
    const { isFor, ...read } = readLinkState(deps.vault, state, expiresAt);
    expect(read).toEqual({ connectionId });
    expect(isFor('t')).toBe(true);
  });

  it('and that we did not sign, or that has expired, is refused without a look at the log', async () => {
    const { depsWithoutLog, requests, start, at } = await scene();
    await start();
    const complete = (state: string) =>
      new CompleteLinkHandler(depsWithoutLog).execute(new CompleteLinkOf(state, {}));
    const state = requests[0]?.state ?? '';
    await expect(complete(`A${state.slice(1)}x`)).rejects.toMatchObject({ code: 'link.unknown-state' });
    await expect(complete(`B${state.slice(1)}`)).rejects.toMatchObject({ code: 'link.unknown-state' });
    at('2026-06-01T08:30:00.001Z');
    await expect(complete(state)).rejects.toMatchObject({ code: 'link.state-expired' });
  });

  it('and is signed for another tenant, or is none of the connection’s pages, is refused', async () => {
    const { deps, connectionId } = await scene();
    const expiresAt = later(NOW, 60_000);
    for (const tenantId of ['other', 't']) {
      const state = signLinkState(deps.vault, { connectionId, tenantId, expiresAt });
      const completed = new CompleteLinkHandler(deps).execute(new CompleteLinkOf(state, {}));
      await expect(completed).rejects.toMatchObject({ code: 'link.unknown-state' });
    }
  });
});
