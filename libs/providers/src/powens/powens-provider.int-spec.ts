import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, startSandboxBank } from '#engines';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ProviderAccess, ProviderAccount } from '../bank-provider.js';
import { accountOf, bankProviderSuite, fetchAll, idsOf, linkedAccess } from '../provider-suite.js';
import { startScriptedServer } from '../scripted-server.js';
import { CLIENT_SECRET, REDIRECT_URI, sandboxWorld, type SandboxWorld } from './sandbox-world.js';
import { powensWebhookReader } from './webhook.js';

const IBAN = 'FR7612345678901234567890123';
let dataDir: string;
let sandbox: Engine;
let world: SandboxWorld;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'passerelle-powens-'));
  sandbox = await startSandboxBank({
    dataDir: join(dataDir, 'bank'),
    logFile: join(dataDir, 'sandbox.log'),
    port: 0,
    entry: join(process.cwd(), 'dist/apps/sandbox-bank/src/main.js'),
    settings: { 'redirect-uri': REDIRECT_URI, 'client-secret': CLIENT_SECRET },
  });
  world = await sandboxWorld(sandbox.url, IBAN);
});

afterAll(async () => {
  await world?.close();
  await sandbox?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

bankProviderSuite('Powens', async () => sandboxWorld(sandbox.url, IBAN));

const fault = (kind: string, more: object = {}) => world.control('POST', '/faults', { kind, ...more });

describe('the Powens adapter on the sandbox bank', () => {
  let access: ProviderAccess;
  let account: ProviderAccount;
  const fetchNow = (cursor: string | null = null, days = 700) =>
    fetchAll(world.provider, { access, accounts: [account], cursor, days });

  beforeAll(async () => {
    access = await linkedAccess(world);
    account = accountOf(world, await world.provider.describe(access));
  });
  afterEach(async () => {
    await world.control('DELETE', '/faults');
  });

  it('brings exactly the rows that the bank has', async () => {
    const { items } = await fetchNow(null, 3650);
    const truth = (await world.control('GET', `/accounts/${IBAN}/transactions`)) as {
      transactions: {
        bad: boolean;
        deleted: boolean;
        value: string;
        copies: { accountId: number; transactionId: number }[];
      }[];
    };
    const expected = truth.transactions.flatMap((row) =>
      row.bad || row.deleted
        ? []
        : row.copies
            .filter((copy) => String(copy.accountId) === account.providerAccountId)
            .map((copy) => [String(copy.transactionId), Number(row.value)] as const),
    );
    const rows = items.flatMap((item) =>
      item.kind === 'row' ? [[item.providerTransactionId, Number(item.content.amount)] as const] : [],
    );
    expect(rows.length).toBeGreaterThan(1000);
    expect(new Map(rows)).toEqual(new Map(expected));
  });

  it.each(['html-503', 'drop', 'rate-limited'])('gets over two requests spoiled by %s', async (kind) => {
    const { calls } = await fetchNow();
    await fault(kind, { times: 2, path: '/transactions' });
    const spoiled = await fetchNow();
    expect(spoiled.end.complete).toBe(true);
    expect(spoiled.calls).toBe(calls + 2);
  });

  it('tells how long to wait when the limit is not lifted soon', async () => {
    await fault('rate-limited', { retryAfter: 90, path: '/transactions' });
    await expect(fetchNow()).rejects.toMatchObject({
      kind: 'retry-after',
      code: 'powens.rate-limited',
      options: { retryAfterMs: 90_000 },
    });
  });

  it('stops at a page that links to itself', async () => {
    await fault('repeated-next', { times: 3, path: '/transactions' });
    expect((await fetchNow()).end).toMatchObject({ complete: false, reason: 'repeated-cursor' });
  });

  it('does not follow a link to another host', async () => {
    await fault('cross-host-next', { path: '/transactions' });
    await expect(fetchNow()).rejects.toMatchObject({ kind: 'bug', code: 'powens.foreign-link' });
  });

  it('stops at its page cap', async () => {
    const capped = world.providerWith({ pageCap: 1 });
    const { items, end } = await fetchAll(capped, { access, accounts: [account] });
    await capped.close();
    expect(items).toHaveLength(1000);
    expect(end).toMatchObject({ complete: false, reason: 'page-cap' });
  });

  it('counts bad rows with their reasons and reads all others', async () => {
    const before = await fetchNow();
    const kinds = [
      'no-id',
      'impossible-date',
      'null-value',
      'nan-value',
      'bare-nan',
      'text-value',
      'unknown-type',
      'foreign-account',
    ];
    await world.control('POST', `/accounts/${IBAN}/bad-rows`, { kinds });
    const { items, end } = await fetchNow();
    expect(end.complete).toBe(true);
    const news = items.filter((item) => !idsOf(before.items).includes(idsOf([item])[0] ?? ''));
    const told = news.map((item) =>
      item.kind === 'unreadable' ? `${item.reason} ${item.field}` : item.kind,
    );
    expect(told.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'bad-amount value',
      'bad-amount value',
      'bad-amount value',
      'bad-date date',
      'missing-id id',
      'row',
      'row',
    ]);
  });

  it.each(['same-id', 'new-id'])('follows a pending row until it is booked: %s', async (variant) => {
    const label = `ATTENTE ${variant} ${Date.now()}`;
    const today = new Date().toISOString().slice(0, 10);
    await world.control('POST', `/accounts/${IBAN}/transactions`, {
      rows: [{ date: today, value: '-7.50', originalWording: label, coming: true }],
    });
    const pending = await fetchNow();
    const withLabel = (items: typeof pending.items) =>
      items.filter((item) => item.kind === 'row' && item.content.originalLabel === label);
    expect(withLabel(pending.items)).toMatchObject([{ content: { status: 'pending', amount: '-7.50' } }]);
    await world.control('POST', `/accounts/${IBAN}/post-coming`, { variant });
    const after = await fetchNow(pending.end.cursor);
    expect(withLabel(after.items)).toMatchObject([{ content: { status: 'booked', amount: '-7.50' } }]);
    const [oldId] = idsOf(withLabel(pending.items));
    const fate = after.items.filter((item) => idsOf([item])[0] === oldId).map((item) => item.kind);
    expect(fate).toEqual([variant === 'same-id' ? 'row' : 'deleted']);
  });

  it('reads an account that comes later in full, and of the first one only what changed', async () => {
    const { accounts: banks } = (await world.control('GET', '/accounts')) as {
      accounts: { iban: string; name: string }[];
    };
    const second = banks.find((each) => each.name === 'Compte secondaire')?.iban ?? '';
    const { providerUserId } = access;
    const linked = await world.control('POST', `/users/${providerUserId}/connections`, {
      ibans: [IBAN, second],
    });
    const both = { ...access, providerConnectionId: String(linked['id']) };
    const { accounts } = await world.provider.describe(both);
    const [one, two] = [IBAN, second].map((iban) => accounts.filter((each) => each.iban === iban));
    const first = await fetchAll(world.provider, { access: both, accounts: one ?? [] });
    const cursor = first.end.cursor;
    const later = await fetchAll(world.provider, {
      access: both,
      accounts: [...(one ?? []), ...(two ?? [])],
      cursor,
    });
    const alone = await fetchAll(world.provider, { access: both, accounts: two ?? [] });
    const ofTwo = later.items.filter((item) => item.providerAccountId === two?.[0]?.providerAccountId);
    expect(alone.items.length).toBeGreaterThan(500);
    expect(ofTwo).toEqual(alone.items);
    expect(later.end).toMatchObject({ complete: true, scope: 'incremental' });
    const whole = await fetchAll(world.provider, {
      access: both,
      accounts: [...(one ?? []), ...(two ?? [])],
    });
    expect(new Set(idsOf(whole.items))).toEqual(new Set([...idsOf(first.items), ...idsOf(alone.items)]));
  });

  it('sees an account that the bank shows under a new id as another one, not shared', async () => {
    const recreated = await linkedAccess(world);
    await world.control('POST', `/connections/${recreated.providerConnectionId}/recreate-accounts`);
    const { accounts } = await world.provider.describe(recreated);
    expect(
      accounts
        .filter(({ iban }) => iban === IBAN)
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual(['not-shared', 'vanished']);
  });

  it('finds no rows, and concludes nothing, when no account is shared any more', async () => {
    const hidden = await linkedAccess(world);
    const shared = accountOf(world, await world.provider.describe(hidden));
    await fetch(`${sandbox.url}/2.0/users/me/accounts/${shared.providerAccountId}?all=`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hidden.accessToken}`, 'content-type': 'application/json' },
      body: '{"disabled":true}',
    });
    const { items, end } = await fetchAll(world.provider, { access: hidden, accounts: [shared] });
    expect(items).toEqual([]);
    expect(end).toMatchObject({ complete: true, scope: 'incremental', cursor: null });
  });

  it('tells wrong client credentials from a refused person', async () => {
    const stranger = world.providerWith({ clientSecret: () => 'wrong' });
    await expect(stranger.renewAccess(access)).rejects.toMatchObject({
      kind: 'permanent',
      code: 'powens.client-refused',
    });
    await stranger.close();
  });

  it('knows every state that a connection can be in', async () => {
    const shaky = await linkedAccess(world);
    const seen: unknown[] = [];
    for (const state of [
      'validating',
      'websiteUnavailable',
      'rateLimiting',
      'bug',
      'notSupported',
      'quantumLeap',
      'wrongpass',
    ]) {
      await world.control('PATCH', `/connections/${shaky.providerConnectionId}`, { state });
      const { health } = await world.provider.describe(shaky);
      seen.push([state, health.kind, 'owner' in health ? health.owner : null]);
    }
    expect(seen).toEqual([
      ['validating', 'waiting', 'provider'],
      ['websiteUnavailable', 'broken', 'time'],
      ['rateLimiting', 'broken', 'time'],
      ['bug', 'broken', 'provider'],
      ['notSupported', 'broken', 'nobody'],
      ['quantumLeap', 'broken', 'provider'],
      ['wrongpass', 'broken', 'user'],
    ]);
  });

  it('signs its webhooks as the reader expects, whatever happened', async () => {
    const secret = 'whsec-of-this-run';
    const ingress = await startScriptedServer(() => ({ body: { status: 'accepted' } }));
    await world.control('PATCH', '/settings', {
      webhookUrl: `${ingress.origin}/webhooks/powens`,
      webhookSecret: secret,
    });
    const told = await linkedAccess(world);
    await world.control('PATCH', `/connections/${told.providerConnectionId}`, { state: 'SCARequired' });
    await world.provider.disconnect(told);
    const notices = () =>
      ingress.requests.map(({ url, headers, body }) => {
        const rawBody = new TextEncoder().encode(body);
        const { 'bi-signature': signature, 'bi-signature-date': date } = headers;
        const verdict = powensWebhookReader(['old', secret]).read({
          path: url,
          headers: { 'bi-signature': signature, 'bi-signature-date': date },
          rawBody,
          receivedAt: new Date().toISOString(),
        });
        return verdict.kind === 'verified' ? verdict.notice : verdict.reason;
      });
    await vi.waitUntil(
      () => notices().some((each) => typeof each === 'object' && each.kind === 'connection-deleted'),
      {
        timeout: 15_000,
      },
    );
    const seen = notices();
    await world.control('PATCH', '/settings', { webhookUrl: null, webhookSecret: null });
    await ingress.close();
    expect(seen.filter((each) => typeof each === 'string')).toEqual([]);
    const target = { providerUserId: told.providerUserId, providerConnectionId: told.providerConnectionId };
    for (const notice of [
      { kind: 'data-may-have-changed', target },
      { kind: 'connection-state', target, code: 'SCARequired' },
      { kind: 'connection-deleted', target },
    ]) {
      expect(seen).toContainEqual(
        expect.objectContaining({ ...notice, target: expect.objectContaining(target) }),
      );
    }
  });
});
