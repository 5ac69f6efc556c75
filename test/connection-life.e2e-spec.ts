import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionView } from '#client';
import { pressOnLinkPage } from '../apps/stack/src/demo/person-at-webview.js';
import { ClockedServices } from './harness/clocked-services.js';
import {
  eventually,
  expectLedgerEqualsBank,
  followLink,
  freshIban,
  freshTenant,
  ledgerOf,
  matching,
  LogReader,
  openConnection,
  openLinkAndImport,
  quietHistory,
  ReceivedEvents,
  syncNow,
} from './harness/index.js';
import { SettableClock } from './harness/settable-clock.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const clock = new SettableClock(new Date().toISOString());
/** The clock stands still: what is to start some seconds later would never start. */
const NO_PACING = { WEBHOOK_MIN_INTERVAL_SECONDS: '0' };
let services: ClockedServices;
let received: ReceivedEvents;
let log: LogReader;

beforeAll(async () => {
  services = await ClockedServices.start(clock, NO_PACING, { lostLinksMs: 500, daysMs: 500 });
  received = new ReceivedEvents('*');
  await received.start(services.endpoints.natsUrl);
  log = new LogReader(services);
}, 120_000);
afterAll(async () => {
  await log?.close();
  await received?.stop();
  await services?.dispose();
}, 60_000);
beforeEach(() => clock.set(new Date().toISOString()));

interface SandboxUser {
  readonly id: number;
  readonly connections: number;
}
interface SandboxState {
  readonly id: number;
  readonly id_user: number;
}

const users = async (): Promise<readonly SandboxUser[]> =>
  (await services.sandbox.call<{ users: SandboxUser[] }>('GET', '/users')).users;
/** The provider's connection that shows the account. */
const theirs = async (iban: string): Promise<SandboxState> => {
  const [connection] = await services.sandbox.connectionsOf(iban);
  if (!connection) throw new Error(`Nobody at the provider shows ${iban}.`);
  return services.sandbox.call<SandboxState>('GET', `/connections/${connection.id}`);
};
const change = async (iban: string, changes: object): Promise<void> => {
  await services.sandbox.call('PATCH', `/connections/${(await theirs(iban)).id}`, changes);
};
const smallAccount = async (): Promise<string> => {
  const iban = freshIban();
  await services.sandbox.openAccount({ iban, count: 12, days: 30 });
  return iban;
};
const planVisit = (ending: string): Promise<unknown> => services.sandbox.call('POST', '/visits', { ending });
const eventsOf = (id: string) => log.stream(`connection-${id}`);
const typesOf = async (id: string): Promise<readonly string[]> =>
  (await eventsOf(id)).map(({ type }) => type);

/** A run as the schedule asks for it; resolves when it has ended. */
const scheduledRun = async (id: string): Promise<void> => {
  const atLeast = (await quietHistory(services, id)).length + 1;
  await services.announceDue(id);
  await quietHistory(services, id, { atLeast });
};

const becomes = (id: string, view: object): Promise<ConnectionView> =>
  eventually(async () => {
    const now = await services.api.getConnection(id);
    expect(now).toMatchObject(view);
    return now;
  });

const stateOf = (url: URL): Buffer => Buffer.from(url.searchParams.get('state') ?? '', 'base64url');

/** The person links the bank and closes the tab. */
const linkAndLeave = async (): Promise<string> => {
  const { id, linkUrl } = await openConnection(services, await smallAccount());
  await planVisit('tab-closed');
  await expect(pressOnLinkPage(linkUrl ?? '')).rejects.toThrow(/sent nobody back/);
  return id;
};
const isFound = async (id: string): Promise<void> => {
  await becomes(id, { status: 'active', statusReason: null });
  await eventually(async () => {
    const runs = await quietHistory(services, id);
    expect(runs.map(({ status }) => status)).toContain('success');
    await expectLedgerEqualsBank(services, id);
  });
};

describe('a link whose browser never came back', () => {
  it('is found by a look at the provider', async () => {
    await services.sandbox.configure({ webhooksPaused: true });
    const id = await linkAndLeave();
    expect((await services.api.getConnection(id)).status).toBe('pending');
    clock.advance(3 * MINUTE_MS);
    await isFound(id);
    await services.sandbox.configure({ webhooksPaused: false });
    expect(await typesOf(id)).toContain('ConnectionLinked');
  });

  it('is found at once by the webhook that tells of it, which is its first cause', async () => {
    const id = await linkAndLeave();
    await isFound(id);
    await eventually(async () => {
      const { items } = await services.api.listDeliveries({ connectionId: id });
      expect(items.map(({ state }) => state)).toContain('applied');
    });
  });
});

describe('a link that is found while the browser is still on its way', () => {
  it('is linked, told and synchronised once, and the person hears that it is linked', async () => {
    const { id, linkUrl } = await openConnection(services, await smallAccount());
    const back = await pressOnLinkPage(linkUrl ?? '');
    await isFound(id);
    const runs = await quietHistory(services, id);
    const comesBack = () => fetch(back, { headers: { accept: 'application/json' } });
    const first = await comesBack();
    expect(await first.json()).toMatchObject({ connectionId: id, outcome: 'linked', status: 'active' });
    expect((await comesBack()).status).toBe(409);
    const types = await typesOf(id);
    expect(types.filter((type) => type === 'ConnectionLinked')).toHaveLength(1);
    expect(types).toContain('LinkConfirmed');
    await syncNow(services, id);
    expect(received.of('connection.linked', id)).toHaveLength(1);
    expect(await quietHistory(services, id)).toHaveLength(runs.length + 1);
  });
});

describe('a link page', () => {
  it('that is cancelled or refused says so in words, changes nothing, and can be followed by another', async () => {
    const { id, linkUrl } = await openConnection(services, await smallAccount());
    const cancelled = await followLink(linkUrl ?? '', 'cancel');
    expect(await cancelled.json()).toMatchObject({
      connectionId: id,
      outcome: 'refused',
      code: 'access_denied',
      status: 'pending',
      message: matching(/account holder cancelled\. Nothing has changed; a fresh link/),
    });
    await becomes(id, { status: 'pending', actionOwner: 'user', statusReason: matching(/access_denied: /) });
    await planVisit('tos_declined');
    const declined = await followLink((await services.api.link(id)).linkUrl);
    expect(await declined.json()).toMatchObject({
      outcome: 'refused',
      message: matching(/provider’s terms/),
    });
    const linked = await followLink((await services.api.link(id)).linkUrl);
    expect(await linked.json()).toMatchObject({ outcome: 'linked', otherLinks: [], status: 'active' });
  });

  it('comes back once, in time, and to the connection that it was made for; else nothing changes', async () => {
    const [one, other] = [
      await openConnection(services, await smallAccount()),
      await openConnection(services),
    ];
    const before = [await typesOf(one.id), await typesOf(other.id)];
    const back = new URL(await pressOnLinkPage(one.linkUrl ?? ''));
    const call = (change: (url: URL) => void) => {
      const url = new URL(back);
      change(url);
      return fetch(url, { headers: { accept: 'application/json' } });
    };
    const state = stateOf(back);
    const forOther = Buffer.from(state);
    forOther.set(stateOf(new URL(other.linkUrl ?? '')).subarray(1, 17), 1);
    const longer = Buffer.from(state);
    longer.writeUInt8(0xff, 42);
    const forgeries = [forOther, longer, state.subarray(1), Buffer.alloc(state.length)];
    for (const forged of [...forgeries.map((each) => each.toString('base64url')), 'nothing', '']) {
      const answer = await call((url) => url.searchParams.set('state', forged));
      expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'link.unknown-state' }]);
    }
    clock.advance(31 * MINUTE_MS);
    const late = await call(() => undefined);
    expect([late.status, await late.json()]).toMatchObject([410, { code: 'link.state-expired' }]);
    // The link itself was made: it is found without the page's help.
    await becomes(one.id, { status: 'active' });
    clock.set(new Date().toISOString());
    expect([(await typesOf(one.id)).slice(0, 2), await typesOf(other.id)]).toEqual(before);

    const { linkUrl } = await services.api.link(one.id);
    const repaired = await pressOnLinkPage(linkUrl);
    const [first, second] = [await fetch(repaired), await fetch(repaired)];
    expect([first.status, second.status]).toEqual([200, 409]);
    expect(await second.json()).toMatchObject({ code: 'link.state-used' });
  });

  it('that is asked for twice at the same moment is made for one user of the provider', async () => {
    const slow = (kind: string) =>
      services.sandbox.call('POST', '/faults', { kind, times: 10, path: '/auth/init', delayMs: 500 });
    await slow('html-503');
    const { id, linkUrl: none } = await openConnection(services, await smallAccount());
    await services.sandbox.call('DELETE', '/faults');
    expect(none ?? null).toBeNull();
    const known = new Set((await users()).map((each) => each.id));
    await slow('delay');
    const pages = await Promise.all([services.api.link(id), services.api.link(id)]);
    await services.sandbox.call('DELETE', '/faults');
    const madeNow = async () => (await users()).filter((each) => !known.has(each.id));
    await eventually(async () => {
      expect(await madeNow()).toHaveLength(1);
      expect(await typesOf(id)).toEqual([
        'ConnectionOpened',
        'LinkStarted',
        'SpareUserMade',
        'LinkStarted',
        'LinkEnded',
      ]);
    });
    for (const { linkUrl } of pages) {
      expect(await (await followLink(linkUrl)).json()).toMatchObject({ outcome: 'linked', status: 'active' });
    }
    const [user] = await madeNow();
    await services.api.delete(id);
    await eventually(async () => expect((await users()).map((each) => each.id)).not.toContain(user?.id));
  });

  it('on which several banks are linked uses the one that is asked for, and tells of the others until they end with it', async () => {
    const [iban, besides] = [await smallAccount(), await smallAccount()];
    const known = new Set((await users()).map(({ id }) => id));
    const { id, linkUrl } = await openConnection(services, iban);
    const user = (await users()).find((each) => !known.has(each.id));
    await services.sandbox.call('POST', `/users/${user?.id}/connections`, { ibans: [besides] });
    const answer = await followLink(linkUrl ?? '');
    const otherLinks = [{ id: String((await theirs(besides)).id), accounts: [{ iban: besides }] }];
    expect(await answer.json()).toMatchObject({
      outcome: 'linked',
      otherLinks,
      message: matching(new RegExp(`${besides}.*POST /v1/connections`)),
    });
    await becomes(id, { status: 'active', iban, otherLinks });
    await eventually(() =>
      expect(received.of('connection.other-links-found', id).map(({ data }) => data)).toMatchObject([
        { otherLinks, message: matching(/Open a connection/i) },
      ]),
    );
    await services.api.delete(id);
    await becomes(id, { status: 'disconnected', actionOwner: null, otherLinks: [] });
    expect((await users()).map((each) => each.id)).not.toContain(user?.id);
    expect(await services.sandbox.connectionsOf(besides)).toEqual([]);
  });
});

describe('a connection that needs its holder', () => {
  it('is repaired as the same connection with the same accounts and the same ledger', async () => {
    const iban = await smallAccount();
    const { id } = await openLinkAndImport(services, iban);
    const before = await services.api.getConnection(id);
    const rows = await ledgerOf(services, id);
    await services.sandbox.configure({ webhooksPaused: true });
    await change(iban, { state: 'SCARequired' });
    await syncNow(services, id);
    await becomes(id, {
      status: 'error',
      actionOwner: 'user',
      statusReason: matching(/^SCARequired: .*link/),
    });
    const { linkUrl } = await services.api.link(id);
    expect(linkUrl).toContain('/reconnect?');
    const answer = await followLink(linkUrl);
    expect(await answer.json()).toMatchObject({ connectionId: id, outcome: 'linked' });
    await services.sandbox.configure({ webhooksPaused: false });
    await syncNow(services, id);
    const after = await becomes(id, { status: 'active', statusReason: null, actionOwner: null });
    expect(after.accounts.map((each) => each.id)).toEqual(before.accounts.map((each) => each.id));
    expect((await ledgerOf(services, id)).map((row) => row.id).toSorted()).toEqual(
      rows.map((row) => row.id).toSorted(),
    );
    await expectLedgerEqualsBank(services, id);
    expect((await theirs(iban)).id).toBeGreaterThan(0);
    expect((await typesOf(id)).filter((type) => type === 'ConnectionOpened')).toHaveLength(1);
  });
});

describe('each state of the provider', () => {
  const IN_HOURS = 5;
  const COMES_IN = {
    nothing: [0, 0],
    sync: [0, DAY_MS + HOUR_MS],
    'provider-retry': [IN_HOURS * HOUR_MS - 2 * MINUTE_MS, IN_HOURS * HOUR_MS + 2 * MINUTE_MS],
  } as const;
  type Expected = readonly [status: string, owner: string | null, next: 'sync' | 'provider-retry' | null];
  it.each<readonly [string, number | null, ...Expected, RegExp]>([
    ['SCARequired', null, 'error', 'user', null, /fresh link/],
    ['webauthRequired', null, 'error', 'user', null, /fresh link/],
    ['additionalInformationNeeded', null, 'error', 'user', null, /fresh link/],
    ['decoupled', null, 'active', 'user', 'sync', /in the bank’s own app/],
    ['validating', IN_HOURS, 'active', 'provider', 'provider-retry', /at work/],
    ['actionNeeded', null, 'error', 'user', null, /bank’s own site/],
    ['passwordExpired', null, 'error', 'user', null, /renews it on the bank’s site/],
    ['wrongpass', IN_HOURS, 'error', 'user', 'provider-retry', /refused the login/],
    ['rateLimiting', IN_HOURS, 'error', 'time', 'provider-retry', /mends by itself/],
    ['websiteUnavailable', null, 'error', 'time', 'sync', /mends by itself/],
    ['bug', null, 'error', 'provider', 'sync', /provider must act/],
    ['notSupported', null, 'error', 'nobody', null, /will not mend by itself/],
    ['aStateOfTomorrow', null, 'error', 'provider', 'sync', /provider must act/],
  ])(
    'says whose move it is and what comes next by itself: %s',
    async (state, hours, status, owner, next, words) => {
      const iban = await smallAccount();
      const { id } = await openLinkAndImport(services, iban);
      const rows = await ledgerOf(services, id);
      await services.sandbox.configure({ webhooksPaused: true });
      await change(iban, { state, ...(hours !== null && { nextTryHours: hours }) });
      const askedAt = Date.now();
      await scheduledRun(id);
      await services.sandbox.configure({ webhooksPaused: false });
      const view = await becomes(id, { status, actionOwner: owner, statusReason: matching(words) });
      expect(view.statusReason).toMatch(new RegExp(`^${state}: `));
      expect(view.nextAutomaticAction?.what ?? null).toBe(next);
      const inMs = Date.parse(view.nextAutomaticAction?.at ?? new Date(askedAt).toISOString()) - askedAt;
      const [least, most] = COMES_IN[next ?? 'nothing'];
      expect(inMs).toBeGreaterThanOrEqual(least);
      expect(inMs).toBeLessThanOrEqual(most);
      expect(await ledgerOf(services, id)).toHaveLength(rows.length);
    },
  );

  it('that is waited for is a problem once it takes too long', async () => {
    const iban = await smallAccount();
    const { id } = await openLinkAndImport(services, iban);
    await services.sandbox.configure({ webhooksPaused: true });
    await change(iban, { state: 'decoupled' });
    await scheduledRun(id);
    await becomes(id, { status: 'active' });
    clock.advance(61 * MINUTE_MS);
    await scheduledRun(id);
    await becomes(id, {
      status: 'error',
      actionOwner: 'user',
      statusReason: matching(/not confirmed.*fresh link/),
    });
    await change(iban, { state: null });
    await services.sandbox.configure({ webhooksPaused: false });
    clock.advance(MINUTE_MS);
    await scheduledRun(id);
    const well = await becomes(id, { status: 'active', statusReason: null });
    expect(well.actionOwner).toBeNull();
  });
});

describe('a connection that is well by the provider’s word and brings nothing', () => {
  it('is noticed, told, and well again with the next that comes from the bank', async () => {
    const iban = await smallAccount();
    const { id } = await openLinkAndImport(services, iban);
    await services.sandbox.configure({ webhooksPaused: true });
    clock.advance(5 * DAY_MS);
    await scheduledRun(id);
    await becomes(id, {
      status: 'error',
      actionOwner: 'provider',
      statusReason: matching(/^provider\.silent: /),
    });
    await eventually(() =>
      expect(received.of('connection.action-required', id).map(({ data }) => data.code)).toEqual([
        'provider.silent',
      ]),
    );
    await services.sandbox.call('PUT', '/clock', { now: clock.now() });
    await services.sandbox.sync(iban);
    await services.sandbox.call('PUT', '/clock', { mode: 'machine' });
    await services.sandbox.configure({ webhooksPaused: false });
    clock.advance(MINUTE_MS);
    await scheduledRun(id);
    await becomes(id, { status: 'active', statusReason: null });
  });
});

const atProvider = async (iban: string) => {
  const { id: connection, id_user: userId } = await theirs(iban);
  return { connection, userId };
};

describe('a disconnection', () => {
  it('holds here at once, shows that the provider is still to be told, and goes on over a restart until it is', async () => {
    const [iban, tenantId] = [await smallAccount(), freshTenant()];
    const { id } = await openLinkAndImport(services, iban, { tenantId });
    const { userId } = await atProvider(iban);
    await services.sandbox.call('POST', '/faults', { kind: 'html-503', times: 1_000, userId });
    await services.api.delete(id);
    const open = {
      status: 'disconnected',
      actionOwner: 'time',
      statusReason: matching(/not confirmed it yet/),
    };
    expect(await services.api.getConnection(id)).toMatchObject(open);
    await services.api.delete(id);
    expect(await services.api.getConnection(id)).toMatchObject(open);
    await services.restart();
    await becomes(id, open);
    expect((await users()).map((each) => each.id)).toContain(userId);
    await services.sandbox.call('DELETE', '/faults');
    await eventually(
      async () =>
        expect(await services.api.getConnection(id)).toMatchObject({
          actionOwner: null,
          statusReason: matching(/^Disconnected\. Open/),
        }),
      { withinMs: 90_000 },
    );
    expect(await services.sandbox.connectionsOf(iban)).toEqual([]);
    expect((await users()).map((each) => each.id)).not.toContain(userId);
    expect((await typesOf(id)).filter((type) => /Disconnected|LinkEnded/.test(type))).toEqual([
      'ConnectionDisconnected',
      'LinkEnded',
    ]);
    const again = await openConnection(services, iban, { tenantId });
    expect(again.id).toBe(id);
    await followLink(again.linkUrl ?? '');
    await becomes(id, { status: 'active' });
  });

  it('before anything was linked leaves no user behind', async () => {
    const known = new Set((await users()).map((each) => each.id));
    const { id } = await openConnection(services);
    const made = (await users()).filter((each) => !known.has(each.id));
    expect(made).toHaveLength(1);
    await services.api.delete(id);
    await becomes(id, { status: 'disconnected', actionOwner: null });
    expect((await users()).map((each) => each.id)).not.toContain(made[0]?.id);
  });

  it.each(['its connection', 'its user'])(
    'comes from outside where %s is deleted, and leaves no user behind',
    async (what) => {
      const iban = await smallAccount();
      const { id } = await openLinkAndImport(services, iban);
      const { connection, userId } = await atProvider(iban);
      await services.sandbox.call(
        'DELETE',
        what === 'its user' ? `/users/${userId}` : `/connections/${connection}`,
      );
      await becomes(id, { status: 'disconnected', actionOwner: null });
      await eventually(() =>
        expect(received.of('connection.disconnected', id).map(({ data }) => data.by)).toEqual(['provider']),
      );
      await eventually(async () => expect((await users()).map((each) => each.id)).not.toContain(userId));
      expect(await ledgerOf(services, id)).not.toEqual([]);
    },
  );
});

describe('a consent that ends', () => {
  it('is told of 30, 14, 7 and 1 days before, once each, however often anybody looks and over restarts', async () => {
    const iban = await smallAccount();
    const { id } = await openLinkAndImport(services, iban);
    await services.sandbox.configure({ webhooksPaused: true });
    const begin = Date.now();
    await change(iban, { expiresInHours: 40 * 24 });
    await scheduledRun(id);
    const { consentExpiresAt } = await services.api.getConnection(id);
    expect(Math.abs(Date.parse(consentExpiresAt ?? '') - begin - 40 * DAY_MS)).toBeLessThan(10 * MINUTE_MS);
    const told = () => received.of('connection.consent-expiring', id).map(({ data }) => data.withinDays);
    const warned = [30, 14, 7, 1];
    for (const [index, days] of warned.entries()) {
      clock.set(new Date(begin + (40 - days) * DAY_MS + HOUR_MS).toISOString());
      await eventually(() => expect(told()).toEqual(warned.slice(0, index + 1)));
      if (days === 14) await services.restart();
    }
    clock.set(new Date(begin + 41 * DAY_MS).toISOString());
    await services.restart();
    await scheduledRun(id);
    expect(told()).toEqual(warned);
    expect(received.of('connection.consent-expiring', id).at(-1)?.data).toMatchObject({
      message: matching(/Send them a fresh link/i),
    });
    // 23 hours before: tomorrow, or today.
    expect([0, 1]).toContain(received.of('connection.consent-expiring', id).at(-1)?.data.daysLeft);
    expect((await typesOf(id)).filter((type) => type === 'ConsentExpiring')).toHaveLength(4);
    await services.sandbox.configure({ webhooksPaused: false });
  });
});
