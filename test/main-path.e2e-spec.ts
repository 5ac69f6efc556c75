import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalDecimal } from '#kernel';
import {
  eventually,
  expectEventsMatchLedger,
  expectLedgerEqualsBank,
  expectValid,
  followLink,
  freshIban,
  freshTenant,
  ledgerOf,
  LiveEvents,
  openConnection,
  openLinkAndImport,
  quietHistory,
  ReceivedEvents,
  runsOf,
  runsSince,
  type Stack,
  startStack,
  subscribeAll,
  syncNow,
  totals,
} from './harness/index.js';

let stack: Stack;
let received: ReceivedEvents;

beforeAll(async () => {
  stack = await startStack();
  received = await subscribeAll(stack);
});
afterAll(async () => {
  await received?.stop();
  await stack?.dispose();
});

const rowsInWindow = async (iban: string, from: string | null | undefined): Promise<number> => {
  const { transactions } = await stack.sandbox.truth(iban);
  return transactions.filter(({ date, deleted }) => date >= (from ?? '9999') && !deleted).length;
};

const newestDay = async (iban: string): Promise<string> => {
  const { transactions } = await stack.sandbox.truth(iban);
  return (
    transactions
      .map(({ date }) => date)
      .toSorted()
      .at(-1) ?? ''
  );
};

describe('a bank account', () => {
  it('is opened, linked by its holder on the bank’s page, and imports by itself; other services hear of it', async () => {
    const [iban, tenantId] = [freshIban(), freshTenant()];
    const opened = await openConnection(stack, iban, { tenantId, accountId: 4711 });
    expect(opened).toMatchObject({
      status: 'pending',
      tenantId,
      companyId: 'company-1',
      iban,
      lastSyncAt: null,
    });
    expect(opened.linkUrl).toMatch(new RegExp(`^${stack.endpoints.sandboxUrl}/fr/connect`));
    expect(await stack.api.getConnection(opened.id)).toMatchObject({ status: 'pending' });

    const back = await followLink(opened.linkUrl ?? '');
    expect([back.status, await back.json()]).toMatchObject([
      200,
      { connectionId: opened.id, outcome: 'linked' },
    ]);
    const linked = await stack.api.getConnection(opened.id);
    expect(linked.status).toBe('active');
    expect(linked.accounts).toContainEqual(
      expect.objectContaining({ accountId: '4711', iban, status: 'tracked', currency: 'EUR' }),
    );

    const runs = await eventually(async () => {
      const quiet = await quietHistory(stack, opened.id);
      expect(quiet.map(({ status }) => status)).toContain('success');
      return quiet;
    });
    const first = runs.at(-1);
    expect(first).toMatchObject({
      trigger: 'link',
      connectionId: opened.id,
      tenantId,
      transactionsFailed: 0,
    });
    expect(totals(runs)).toEqual({
      imported: await rowsInWindow(iban, first?.windowFrom),
      updated: 0,
      removed: 0,
    });
    await expectLedgerEqualsBank(stack, opened.id);

    const { balance } = await stack.sandbox.truth(iban);
    await eventually(async () => {
      const { accounts, lastSyncStatus } = await stack.api.getConnection(opened.id);
      expect(lastSyncStatus).toBe('success');
      expect(accounts).toContainEqual(
        expect.objectContaining({ iban, balance: canonicalDecimal(balance, 2) }),
      );
    });
    await eventually(async () => {
      await expectEventsMatchLedger(stack, received, opened.id);
      expect(received.of('connection.linked', opened.id)).toHaveLength(1);
      expect(received.of('balance.observed', opened.id).at(-1)?.data).toMatchObject({
        balance: canonicalDecimal(balance, 2),
        currency: 'EUR',
      });
      expect(
        received
          .of('sync.completed', opened.id)
          .map(({ data }) => data.id)
          .toSorted(),
      ).toEqual(runs.map(({ id }) => id).toSorted());
    });
  });

  it('with many rows is told in messages of at most 500, which follow each other', async () => {
    const iban = freshIban();
    await stack.sandbox.openAccount({ iban, count: 1_700, days: 80 });
    const { id } = await openLinkAndImport(stack, iban);
    await expectLedgerEqualsBank(stack, id);
    await eventually(() => expectEventsMatchLedger(stack, received, id));
    const counts = received
      .of('transactions.imported', id)
      .map(({ data }) => [data.count, data.transactions.length]);
    expect(counts.length).toBeGreaterThan(3);
    for (const [count, rows] of counts) {
      expect(count).toBe(rows);
      expect(count).toBeLessThanOrEqual(500);
    }
  });
});

/** Runs that nobody here asked for would make counts uncertain. */
const withoutWebhooks = (): void => {
  beforeAll(() => stack.sandbox.configure({ webhooksPaused: true }));
  afterAll(() => stack.sandbox.configure({ webhooksPaused: false }));
};

describe('a sync that a person asks for', () => {
  withoutWebhooks();

  it('imports nothing twice, then exactly what is new, changed or gone at the bank', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    const again = await syncNow(stack, id);
    expect(again).toMatchObject({
      trigger: 'manual',
      status: 'success',
      transactionsImported: 0,
      transactionsUpdated: 0,
      transactionsRemoved: 0,
      transactionsFailed: 0,
    });
    expect(again.transactionsSkipped).toBeGreaterThan(0);

    const day = await newestDay(iban);
    const before = await quietHistory(stack, id);
    const known = await ledgerOf(stack, id);
    const coffee = { date: day, value: '-3.20', originalWording: 'CARTE CAFE DE LA GARE' };
    const rowIds = await stack.sandbox.post(iban, [
      coffee,
      coffee,
      { date: day, value: '1250.5', originalWording: 'VIR SEPA RECU ATELIER NORD' },
    ]);
    await syncNow(stack, id);
    await quietHistory(stack, id);
    expect(totals(await runsSince(stack, id, before))).toEqual({ imported: 3, updated: 0, removed: 0 });
    const fresh = (await ledgerOf(stack, id)).filter((row) => !known.some((old) => old.id === row.id));
    expect(fresh.map(({ amount }) => amount).toSorted()).toEqual(['-3.20', '-3.20', '1250.50']);

    const beforeChange = await runsOf(stack, id);
    const [twin = 0, , transfer = 0] = rowIds;
    await stack.sandbox.change(iban, transfer, { value: '1250.75' });
    await stack.sandbox.remove(iban, twin);
    await syncNow(stack, id);
    await quietHistory(stack, id);
    expect(totals(await runsSince(stack, id, beforeChange))).toEqual({ imported: 0, updated: 1, removed: 1 });
    await expectLedgerEqualsBank(stack, id);
    await eventually(() => expectEventsMatchLedger(stack, received, id));
    const amended = received.of('transactions.amended', id).flatMap(({ data }) => data.transactions);
    expect(amended).toMatchObject([
      {
        kind: 'corrected',
        changes: [{ field: 'amount', before: '1250.50', after: '1250.75' }],
        transaction: { amount: '1250.75' },
      },
    ]);
    const removed = received.of('transactions.removed', id).flatMap(({ data }) => data.transactions);
    expect(removed).toMatchObject([{ reason: 'deleted-by-bank', transaction: { amount: '-3.20' } }]);
    expect(removed[0]?.transaction.removedAt).not.toBeNull();
  });

  it('counts no row that the ledger never had, though the bank shows it again', async () => {
    const iban = freshIban();
    await stack.sandbox.openAccount({ iban, count: 120, days: 200 });
    const { id } = await openLinkAndImport(stack, iban);
    const known = (await ledgerOf(stack, id)).length;
    expect(known).toBeLessThan(120);
    const again = await syncNow(stack, id);
    expect(again).toMatchObject({ transactionsImported: 0, transactionsSkipped: known });
  });

  it('answers at once without `wait`, and the same request again is the same run', async () => {
    const { id } = await openLinkAndImport(stack);
    const options = { idempotencyKey: `sync-${freshTenant()}` };
    const [one, two] = [await stack.api.requestSync(id, options), await stack.api.requestSync(id, options)];
    expect(one).toEqual({ id: one.id, connectionId: id, status: 'pending' });
    expect(two).toEqual(one);
    await eventually(async () =>
      expect(await stack.api.getSync(one.id)).toMatchObject({
        id: one.id,
        status: 'success',
        trigger: 'manual',
      }),
    );
  });
});

describe('history', () => {
  withoutWebhooks();

  it('is paged from the newest run, and filtered', async () => {
    const { id } = await openLinkAndImport(stack);
    for (let runs = 0; runs < 3; runs += 1) await syncNow(stack, id);
    const all = await quietHistory(stack, id);
    expect(all.map(({ createdAt }) => createdAt)).toEqual(
      all
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .toReversed(),
    );
    const paged: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await stack.api.syncs(id, { limit: 2, ...(cursor !== undefined && { cursor }) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      paged.push(...page.items.map((run) => run.id));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all.map((run) => run.id));
    const { items: manual } = await stack.api.syncs(id, { trigger: 'manual' });
    expect(manual.map((run) => run.id)).toEqual(
      all.filter(({ trigger }) => trigger === 'manual').map((run) => run.id),
    );
    expect(manual.length).toBeGreaterThanOrEqual(3);
    expect((await stack.api.syncs(id, { status: 'failure' })).items).toEqual([]);
  });
});

describe('the list of transactions', () => {
  withoutWebhooks();

  it('is paged by place, so that new rows shift nothing, and cut by bank days', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    const all = await ledgerOf(stack, id);
    const days = all.map(({ bookedOn }) => bookedOn ?? '');
    expect(days).toEqual(days.toSorted().toReversed());
    const first = await stack.api.transactions(id, { limit: 7 });
    await stack.sandbox.post(iban, [{ date: await newestDay(iban), value: '-1' }]);
    await syncNow(stack, id);
    const paged = first.items.map((row) => row.id);
    for (let cursor = first.nextCursor; cursor !== null;) {
      const page = await stack.api.transactions(id, { limit: 37, cursor });
      paged.push(...page.items.map((row) => row.id));
      cursor = page.nextCursor;
    }
    const known = new Set(all.map((row) => row.id));
    expect(paged.filter((row) => known.has(row))).toEqual(all.map((row) => row.id));
    expect(paged).toHaveLength(new Set(paged).size);

    const [from, to] = [days.at(-20) ?? '', days.at(10) ?? ''];
    const wanted = (await ledgerOf(stack, id)).filter(
      ({ bookedOn }) => bookedOn !== null && bookedOn >= from && bookedOn <= to,
    );
    const cut = await stack.api.transactions(id, { from, to, limit: 1_000 });
    expect(cut.items.map((row) => row.id)).toEqual(wanted.map((row) => row.id));
    expect(cut.items.length).toBeGreaterThan(10);
    expect(cut.items.length).toBeLessThan(all.length);
  });
});

describe('the live stream of events', () => {
  it('tells what happens, of one tenant, and goes on after the last event that was seen', async () => {
    const tenantId = freshTenant();
    const live = await LiveEvents.follow(stack, { tenantId });
    const { id } = await openLinkAndImport(stack, freshIban(), { tenantId });
    await openLinkAndImport(stack);
    await eventually(() =>
      expect(live.all.map(({ type }) => type)).toContain('passerelle.sync.completed.v1'),
    );
    await live.leave();
    const last = live.all.at(-1);
    expect(live.all.every(({ event }) => event.tenantid === tenantId)).toBe(true);

    const { id: missed } = await syncNow(stack, id);
    const resumed = await LiveEvents.follow(stack, { tenantId, lastEventId: last?.id ?? '' });
    await eventually(() =>
      expect(
        resumed.all.some(
          ({ event }) => event.type === 'passerelle.sync.completed.v1' && event.data.id === missed,
        ),
      ).toBe(true),
    );
    await resumed.leave();
    const seen = [...live.all, ...resumed.all].map(({ event }) => event.id);
    expect(seen).toHaveLength(new Set(seen).size);
    const told = received
      .distinct()
      .filter((event) => event.tenantid === tenantId)
      .map((event) => event.id);
    expect(seen).toEqual(told.slice(0, seen.length));
  });
});

describe('a connection', () => {
  it('is paused and resumed; a person may still ask for a sync meanwhile', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    expect(await stack.api.changeSettings(id, { syncEnabled: false })).toMatchObject({
      status: 'inactive',
      syncEnabled: false,
    });
    expect(await stack.api.getConnection(id)).toMatchObject({ status: 'inactive' });
    const before = await quietHistory(stack, id);
    const webhooks = await stack.sandbox.webhooks();
    await stack.sandbox.post(iban, [{ date: await newestDay(iban), value: '-7.77' }]);
    await eventually(async () => {
      const sent = await stack.sandbox.webhooks(webhooks.at(-1)?.id);
      expect(sent.filter(({ delivered }) => delivered === 1)).not.toEqual([]);
    });
    await syncNow(stack, id);
    const since = await runsSince(stack, id, before);
    expect(since).toMatchObject([{ trigger: 'manual', transactionsImported: 1 }]);
    const resumed = await stack.api.changeSettings(id, { syncEnabled: true, syncDaysBack: 120 });
    expect(resumed).toMatchObject({ status: 'active', syncEnabled: true, syncDaysBack: 120 });
    const wider = await syncNow(stack, id);
    expect(wider.transactionsImported).toBeGreaterThan(0);
    await expectLedgerEqualsBank(stack, id);
  });

  it('is disconnected here and at the bank, keeps its transactions, and can be opened again', async () => {
    const [iban, tenantId] = [freshIban(), freshTenant()];
    const { id } = await openLinkAndImport(stack, iban, { tenantId });
    const kept = await ledgerOf(stack, id);
    expect(await stack.sandbox.connectionsOf(iban)).toHaveLength(1);
    expect((await stack.call(`/v1/connections/${id}`, { method: 'DELETE' })).status).toBe(202);
    expect(await stack.api.getConnection(id)).toMatchObject({ status: 'disconnected' });
    await eventually(async () => expect(await stack.sandbox.connectionsOf(iban)).toEqual([]));
    await eventually(() => expect(received.of('connection.disconnected', id)).toHaveLength(1));
    await expect(stack.api.requestSync(id)).rejects.toMatchObject({
      status: 409,
      code: 'connection.disconnected',
    });
    expect(await ledgerOf(stack, id)).toEqual(kept);

    const reopened = await openConnection(stack, iban, { tenantId });
    expect(reopened).toMatchObject({ id, status: 'pending' });
    expect((await followLink(reopened.linkUrl ?? '')).status).toBe(200);
    expect(await stack.api.getConnection(id)).toMatchObject({ id, status: 'active' });
    expect(await stack.sandbox.connectionsOf(iban)).toHaveLength(1);
    await eventually(() => expect(received.of('connection.linked', id)).toHaveLength(2));
    await quietHistory(stack, id);
  });
});

describe('the comparisons of this file', () => {
  withoutWebhooks();

  it('notice what the ledger lacks, and what a subscriber did not hear or heard in another order', async () => {
    const iban = freshIban();
    await stack.sandbox.openAccount({ iban, count: 700, days: 60 });
    const { id } = await openLinkAndImport(stack, iban);
    await eventually(() => expectEventsMatchLedger(stack, received, id));
    const heard = new ReceivedEvents('*');
    heard.all.push(...received.all.filter(({ data }) => data.connectionId === id));
    await expectEventsMatchLedger(stack, heard, id);
    heard.all.reverse();
    await expect(expectEventsMatchLedger(stack, heard, id)).rejects.toThrow(/sequence \d+ after \d+/);
    heard.all.reverse();
    const isImport = heard.all.findIndex(({ type }) => type === 'passerelle.transactions.imported.v1');
    heard.all.splice(isImport, 1);
    await expect(expectEventsMatchLedger(stack, heard, id)).rejects.toThrow();

    const [rowId = 0] = await stack.sandbox.post(iban, [{ date: await newestDay(iban), value: '-1' }]);
    await expect(expectLedgerEqualsBank(stack, id)).rejects.toThrow('the standing rows of the ledger');
    await syncNow(stack, id);
    await expectLedgerEqualsBank(stack, id);
    await stack.sandbox.change(iban, rowId, { value: '-1.01' });
    await expect(expectLedgerEqualsBank(stack, id)).rejects.toThrow('the standing rows of the ledger');
    await stack.sandbox.remove(iban, rowId);
    await expect(expectLedgerEqualsBank(stack, id)).rejects.toThrow('the standing rows of the ledger');
  });
});

it('every message that the subscriber got is what its published schema says', () => {
  const types = new Set(received.all.map(({ type }) => type.split('.').slice(1, 3).join('.')));
  expect([...types].toSorted()).toEqual([
    'balance.observed',
    'connection.disconnected',
    'connection.linked',
    'sync.completed',
    'transactions.amended',
    'transactions.imported',
    'transactions.removed',
  ]);
  for (const event of received.all) expectValid(event);
  expect(received.errors).toEqual([]);
});
