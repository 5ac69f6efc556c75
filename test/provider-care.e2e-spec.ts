import type { ConnectionView, SyncView } from '#client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClockedServices } from './harness/clocked-services.js';
import { eventually, freshIban, freshTenant, ledgerOf, quietHistory, syncNow } from './harness/index.js'; // prettier-ignore
import { followLink } from './harness/linking.js';
import { RunningClock } from './scenarios/running-clock.js';

const FAILURES = 2;
const MINUTE_MS = 60_000;
const clock = new RunningClock(new Date().toISOString(), 1);
let services: ClockedServices;

beforeAll(async () => {
  services = await ClockedServices.start(clock, { BANK_CIRCUIT_FAILURES: String(FAILURES) });
  await services.sandbox.configure({ syncDelayMs: 0, recentSyncMs: 0, webhookUrl: null });
}, 120_000);
afterAll(async () => services?.dispose(), 60_000);

/** The services' time goes on by so much at once. */
const pass = (ms: number): void => clock.reach(new Date(Date.parse(clock.now()) + ms).toISOString());

/** A bank that no other test has, nor any other run of this one. */
const freshBic = (): string =>
  `${Array.from({ length: 4 }, () => String.fromCodePoint(65 + Math.floor(Math.random() * 26))).join('')}FRPP`;

const linked = async (bic = freshBic()) => {
  const iban = freshIban();
  await services.sandbox.openAccount({ iban, count: 5, days: 30 });
  const opened = await services.api.openConnection({
    tenantId: freshTenant(),
    companyId: 'company-1',
    accountId: 'account-1',
    institutionId: bic,
    iban,
  });
  await followLink(opened.linkUrl ?? '');
  await eventually(async () => {
    const [newest] = await quietHistory(services, opened.id);
    if (newest?.status !== 'success') await syncNow(services, opened.id);
    expect(await ledgerOf(services, opened.id)).toHaveLength(5);
  });
  const [connection] = await services.sandbox.connectionsOf(iban);
  const provider = await services.sandbox.call<{ id_user: number }>('GET', `/connections/${connection?.id}`);
  return { id: opened.id, iban, bankId: connection?.id ?? 0, userId: provider.id_user };
};
type Linked = Awaited<ReturnType<typeof linked>>;

/** What Powens has of the bank is hours old, and the bank has a row more. */
const grownStale = async ({ iban, bankId }: Linked): Promise<void> => {
  const lastUpdate = '2026-01-05 08:00:00';
  await services.sandbox.call('PATCH', `/connections/${bankId}`, { lastUpdate, sync: false });
  await services.sandbox.post(iban, [{ date: today(), value: '-9.99', originalWording: 'NEWS' }], {
    sync: false,
  });
};
/** The bank has a row more, and a webhook tells it: none else is sent, so that each run has a cause of the test's. */
const tell = async (iban: string, originalWording: string): Promise<void> => {
  await services.sandbox.configure({ webhookUrl: services.webhookUrl });
  await services.sandbox.post(iban, [{ date: today(), value: '-1.23', originalWording }]);
  await services.sandbox.configure({ webhookUrl: null });
};

const today = (): string => new Date().toISOString().slice(0, 10);

const refreshesOf = async ({ bankId }: Linked): Promise<readonly string[]> => {
  const path = encodeURIComponent(`/connections/${bankId}`);
  const { requests } = await services.sandbox.call<{ requests: { method: string; query: string }[] }>(
    'GET',
    `/requests?path=${path}`,
  );
  return requests.filter(({ method }) => method === 'PUT').map(({ query }) => query);
};

const labelsOf = async ({ id }: Linked): Promise<readonly (string | null)[]> =>
  (await ledgerOf(services, id)).map(({ originalLabel }) => originalLabel);

const runsOf = async ({ id }: Pick<ConnectionView, 'id'>): Promise<readonly SyncView[]> =>
  (await services.api.syncs(id, { limit: 100 })).items;

describe('a sync that a person asks for', () => {
  it('makes the provider look at the bank first when what it has is old', async () => {
    const mine = await linked();
    await grownStale(mine);
    const run = await syncNow(services, mine.id);
    expect(run).toMatchObject({
      status: 'success',
      refresh: { outcome: 'asked', code: null },
      nextAllowedAt: null,
    });
    expect(await labelsOf(mine)).toContain('NEWS');
    expect(await refreshesOf(mine)).toEqual(['psu_requested=true']);
  });

  it('reads what is there when that is fresh', async () => {
    const mine = await linked();
    expect(await syncNow(services, mine.id)).toMatchObject({ status: 'success', refresh: null });
    expect(await refreshesOf(mine)).toEqual([]);
  });

  it('reads what is there when a refresh is refused, and says so and until when', async () => {
    const mine = await linked();
    await grownStale(mine);
    await services.sandbox.call('POST', '/faults', {
      kind: 'error',
      status: 409,
      code: 'tooManySync',
      method: 'PUT',
      userId: mine.userId,
    });
    const run = await syncNow(services, mine.id);
    expect(run).toMatchObject({
      refresh: { outcome: 'refused', code: 'powens.too-many-syncs' },
      nextAllowedAt: expect.any(String),
    });
    expect(Date.parse(run.nextAllowedAt ?? '')).toBeGreaterThan(Date.parse(clock.now()));
    expect(run.refresh?.message).toContain(run.nextAllowedAt);
    expect(await services.api.getSync(run.id)).toMatchObject({ nextAllowedAt: run.nextAllowedAt });
    const second = await syncNow(services, mine.id);
    expect(second.refresh).toMatchObject({ outcome: 'refused', code: 'refresh.too-soon' });
    expect(second.nextAllowedAt).toBe(run.nextAllowedAt);
    expect(await refreshesOf(mine)).toHaveLength(1);
  });

  it('renews a token that Powens revoked once, and goes on with the new one', async () => {
    const mine = await linked();
    const renewals = () => services.sandbox.requestCount('/auth/renew');
    await services.sandbox.call('POST', `/users/${mine.userId}/revoke-tokens`);
    const before = await renewals();
    expect(await syncNow(services, mine.id)).toMatchObject({ status: 'success' });
    expect(await syncNow(services, mine.id)).toMatchObject({ status: 'success' });
    expect((await renewals()) - before).toBe(1);
  });

  it('asks for no refresh of a connection that has a problem', async () => {
    const mine = await linked();
    await grownStale(mine);
    await services.sandbox.call('PATCH', `/connections/${mine.bankId}`, {
      state: 'SCARequired',
      lastUpdate: '2026-01-05 08:00:00',
      sync: false,
    });
    expect(await syncNow(services, mine.id)).toMatchObject({ refresh: null });
    expect(await refreshesOf(mine)).toEqual([]);
  });
});

describe('a sync that nobody waits for', () => {
  it('forces no refresh, however old what the provider has is', async () => {
    const mine = await linked();
    await grownStale(mine);
    const before = await runsOf(mine);
    await services.announceDue(mine.id);
    const runs = await quietHistory(services, mine.id, { atLeast: before.length + 1 });
    expect(runs[0]).toMatchObject({ trigger: 'schedule', refresh: null });
    expect(await refreshesOf(mine)).toEqual([]);
    expect(await labelsOf(mine)).not.toContain('NEWS');
  });
});

/** The provider wants to be left alone by this user for ten minutes; a run has been told so. */
const toldToWait = async () => {
  const mine = await linked();
  await services.sandbox.fault({ kind: 'rate-limited', retryAfter: 600, userId: mine.userId });
  const told = await syncNow(services, mine.id);
  return { mine, told };
};

describe('a provider that asks to wait', () => {
  it('is asked again by itself when it may, once, and by nothing before', async () => {
    const { mine, told } = await toldToWait();
    expect(told).toMatchObject({ status: 'failure', errorCode: 'powens.rate-limited' });
    const limit = Date.parse(told.nextAllowedAt ?? '') - Date.parse(clock.now());
    expect(limit).toBeGreaterThan(9 * MINUTE_MS);
    const [next] = await eventually(async () => {
      const runs = await runsOf(mine);
      expect(runs[0]).toMatchObject({ status: 'pending', trigger: 'schedule' });
      return runs;
    });
    expect(Date.parse(next?.nextAllowedAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(told.nextAllowedAt ?? ''),
    );
    // A webhook comes meanwhile: what it asks for waits with the rest.
    await tell(mine.iban, 'TOLD');
    await eventually(async () => {
      const sent = (await services.sandbox.webhooks()).findLast(
        ({ connectionId }) => connectionId === mine.bankId,
      );
      expect((await services.api.getSync(`powens_${sent?.id}`)).id).toBe(next?.id);
    });
    const open = (await runsOf(mine)).filter(({ status }) => status === 'pending');
    expect(open).toMatchObject([{ id: next?.id, startedAt: null }]);
    pass(11 * MINUTE_MS + 4 * MINUTE_MS);
    const runs = await quietHistory(services, mine.id);
    expect(runs[0]).toMatchObject({ id: next?.id, status: 'success', nextAllowedAt: null });
    expect(await labelsOf(mine)).toContain('TOLD');
  }, 90_000);

  it('is asked at once when a person wants it', async () => {
    const { mine, told } = await toldToWait();
    const run = await syncNow(services, mine.id);
    expect(run).toMatchObject({ status: 'success', trigger: 'manual' });
    expect((await quietHistory(services, mine.id)).map(({ id }) => id).slice(0, 2)).toEqual([
      run.id,
      told.id,
    ]);
  }, 90_000);
});

/** A run that fails until it gives up; its minute of patience is over at once. */
const failing = async ({ id }: Linked): Promise<SyncView> => {
  const { id: syncId } = await services.api.requestSync(id);
  await eventually(async () =>
    expect(await services.api.getSync(syncId)).toMatchObject({
      status: 'pending',
      retry: {
        attempt: 1,
        at: expect.any(String),
        problem: { code: 'powens.server-error', actionOwner: 'time' },
      },
    }),
  );
  pass(2 * MINUTE_MS);
  return eventually(
    async () => {
      const run = await services.api.getSync(syncId);
      expect(run.status).toBe('failure');
      return run;
    },
    { withinMs: 60_000 },
  );
};

/** The provider cannot reach the bank for this connection, it says. */
const outOfReach = ({ bankId }: Linked): Promise<unknown> =>
  services.sandbox.call('PATCH', `/connections/${bankId}`, { state: 'websiteUnavailable', sync: false });

const incidentOf = async ({ id }: Linked): Promise<ConnectionView['bankIncident']> =>
  (await services.api.getConnection(id)).bankIncident;

describe('a bank that fails again and again', () => {
  it('is left alone, no other bank is, and a person’s success ends that', async () => {
    const bic = freshBic();
    const [one, two, other] = [await linked(bic), await linked(bic), await linked()];
    const broken = { kind: 'status-500', times: 500, userId: one.userId };
    await services.sandbox.fault(broken);
    await services.sandbox.fault({ ...broken, userId: two.userId });
    expect(await failing(one)).toMatchObject({ errorCode: 'powens.server-error', nextAllowedAt: null });
    const last = await failing(two);
    expect(last).toMatchObject({ errorCode: 'powens.server-error', nextAllowedAt: expect.any(String) });
    const incidents = () => Promise.all([one, two, other].map(incidentOf));
    const message = expect.stringMatching(
      /fails for everybody: 2 syncs in a row, of 2 connections/,
    ) as string;
    const incident = { failures: FAILURES, connections: 2, until: last.nextAllowedAt, message };
    expect(await incidents()).toEqual([incident, incident, null]);
    await services.sandbox.call('DELETE', '/faults');
    // What a webhook asks for is stopped before anything is sent.
    await tell(one.iban, 'AFTER');
    const stopped = await eventually(async () => {
      const found = (await runsOf(one)).find(({ errorCode }) => errorCode === 'bank.circuit-open');
      if (!found) throw new Error('No run was stopped.');
      return found;
    });
    expect(stopped).toMatchObject({ status: 'failure', nextAllowedAt: expect.any(String) });
    expect(stopped.errorMessage).toContain(`${FAILURES} times in a row`);
    expect(await syncNow(services, other.id)).toMatchObject({ status: 'success' });
    expect(await syncNow(services, one.id)).toMatchObject({ status: 'success' });
    expect(await labelsOf(one)).toContain('AFTER');
    expect(await syncNow(services, two.id)).toMatchObject({ status: 'success' });
    expect(await incidents()).toEqual([null, null, null]);
  }, 180_000);

  it('is not left alone because of one connection that somebody tries again and again', async () => {
    const bic = freshBic();
    const [one, two] = [await linked(bic), await linked(bic)];
    await outOfReach(one);
    for (let nth = 0; nth <= FAILURES; nth += 1)
      expect(await syncNow(services, one.id)).toMatchObject({ errorCode: 'provider.websiteUnavailable' });
    expect(await Promise.all([one, two].map(incidentOf))).toEqual([null, null]);
    expect(await syncNow(services, two.id)).toMatchObject({ status: 'success' });
  }, 120_000);

  it('is reached again when the provider was there, not when it shows what it had', async () => {
    const bic = freshBic();
    const [one, two, well] = [await linked(bic), await linked(bic), await linked(bic)];
    for (const each of [one, two]) {
      await outOfReach(each);
      expect(await syncNow(services, each.id)).toMatchObject({ status: 'partial' });
    }
    const incidents = () => Promise.all([one, two, well].map(incidentOf));
    const [incident] = await incidents();
    expect(incident).toMatchObject({ failures: FAILURES, connections: 2 });
    expect(await syncNow(services, well.id)).toMatchObject({
      status: 'success',
      evidence: { kind: 'nothing-new' },
    });
    expect(await syncNow(services, one.id)).toMatchObject({ status: 'partial' });
    expect(await incidents()).toEqual([incident, incident, incident]);
    // The provider tells its looks by the second: one within the second of the last is no newer one.
    await eventually(async () => {
      await services.sandbox.post(well.iban, [{ date: today(), value: '-1.00', originalWording: 'BACK' }]);
      expect(await syncNow(services, well.id)).toMatchObject({ status: 'success' });
      expect(await incidents()).toEqual([null, null, null]);
    });
  }, 120_000);

  it('is looked at as soon as the provider says that it was there, and who waits for it need not any more', async () => {
    const bic = freshBic();
    const [one, two, well] = [await linked(bic), await linked(bic), await linked(bic)];
    for (const each of [one, two]) {
      await outOfReach(each);
      expect(await syncNow(services, each.id)).toMatchObject({ status: 'partial' });
    }
    await services.announceDue(well.id);
    const waiting = await eventually(async () => {
      const [next, stopped] = await runsOf(well);
      expect([next?.status, stopped?.errorCode]).toEqual(['pending', 'bank.circuit-open']);
      return next;
    });
    await eventually(async () =>
      expect((await services.api.getConnection(well.id)).nextAutomaticAction).toEqual({
        what: 'sync',
        at: waiting?.nextAllowedAt,
      }),
    );
    await services.sandbox.call('PATCH', `/connections/${one.bankId}`, { state: null, sync: false });
    await tell(one.iban, 'TOLD');
    await eventually(async () => {
      expect((await services.api.getSync(waiting?.id ?? '')).status).toBe('success');
      expect(await Promise.all([one, two, well].map(incidentOf))).toEqual([null, null, null]);
    });
    expect(await labelsOf(one)).toContain('TOLD');
    expect((await runsOf(one))[0]).toMatchObject({ trigger: 'webhook', status: 'success' });
    expect((await runsOf(one)).map(({ errorCode }) => errorCode)).not.toContain('bank.circuit-open');
  }, 120_000);

  it('is not what a connection of it is that only its holder can mend', async () => {
    const bic = freshBic();
    const [one, two] = [await linked(bic), await linked(bic)];
    for (let nth = 0; nth <= FAILURES; nth += 1) {
      await services.sandbox.call('POST', '/faults', {
        kind: 'error',
        status: 400,
        code: 'wrongpass',
        userId: one.userId,
      });
      expect(await syncNow(services, one.id)).toMatchObject({ errorCode: 'powens.wrong-password' });
    }
    expect(await syncNow(services, two.id)).toMatchObject({ status: 'success' });
    expect(await syncNow(services, one.id)).toMatchObject({ status: 'success' });
  }, 120_000);
});
