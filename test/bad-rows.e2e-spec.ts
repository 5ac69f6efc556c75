import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  eventually,
  expectEventsMatchLedger,
  expectLedgerEqualsBank,
  freshIban,
  ledgerOf,
  openAndLink,
  openLinkAndImport,
  quietHistory,
  type ReceivedEvents,
  type Stack,
  startStack,
  subscribeAll,
  syncNow,
} from './harness/index.js';

let stack: Stack;
let received: ReceivedEvents;

beforeAll(async () => {
  stack = await startStack();
  received = await subscribeAll(stack);
  await stack.sandbox.configure({ webhooksPaused: true });
});
afterAll(async () => {
  await received?.stop();
  await stack?.dispose();
});

const today = (): string => new Date().toISOString().slice(0, 10);

it('rows that cannot be understood are counted with their reason, the rest is imported, and repaired ones follow', async () => {
  const iban = freshIban();
  const { id } = await openLinkAndImport(stack, iban);
  const rowIds = await stack.sandbox.postBadRows(iban, [
    'no-id',
    'impossible-date',
    'null-value',
    'nan-value',
  ]);
  await stack.sandbox.post(iban, [{ date: today(), value: '-9.99', originalWording: 'CARTE LIGNE SAINE' }]);

  const run = await syncNow(stack, id);
  expect(run).toMatchObject({
    status: 'partial',
    transactionsImported: 1,
    transactionsFailed: 4,
    errorCode: 'rows.unreadable',
  });
  expect(run.errorMessage).toContain('4 row(s) could not be understood');
  for (const reason of ['no id in id', 'no readable date in date', 'no readable amount in value']) {
    expect(run.errorMessage).toContain(reason);
  }
  expect(await stack.api.getConnection(id)).toMatchObject({ status: 'active', lastSyncStatus: 'partial' });
  expect((await stack.api.syncs(id, { status: 'partial' })).items[0]).toEqual(run);
  await expectLedgerEqualsBank(stack, id);
  await eventually(() => {
    const told = received.of('sync.completed', id).find(({ data }) => data.id === run.id);
    expect(told?.data).toMatchObject({ status: 'partial', transactionsImported: 1, transactionsFailed: 4 });
  });

  expect(await syncNow(stack, id)).toMatchObject({
    status: 'partial',
    transactionsImported: 0,
    transactionsFailed: 4,
  });

  const [first = 0, ...others] = rowIds;
  await stack.sandbox.change(iban, first, { value: '-1.10' });
  expect(await syncNow(stack, id)).toMatchObject({
    status: 'partial',
    transactionsImported: 1,
    transactionsFailed: 3,
  });
  for (const rowId of others) await stack.sandbox.change(iban, rowId, { value: '-2.20' });
  const repaired = await syncNow(stack, id);
  expect(repaired).toMatchObject({
    status: 'success',
    transactionsImported: 3,
    transactionsFailed: 0,
    errorCode: null,
  });
  await expectLedgerEqualsBank(stack, id);
  await eventually(() => expectEventsMatchLedger(stack, received, id));
});

it('a page with a bare NaN, which is no JSON, costs its own row and no other', async () => {
  const iban = freshIban();
  const { id } = await openLinkAndImport(stack, iban);
  await stack.sandbox.post(iban, [{ date: today(), value: '-5' }]);
  await stack.sandbox.postBadRows(iban, ['bare-nan']);
  expect(await syncNow(stack, id)).toMatchObject({
    status: 'partial',
    transactionsImported: 1,
    transactionsFailed: 1,
  });
  await expectLedgerEqualsBank(stack, id);
});

it('what is merely odd is imported as it is: an unknown type, an amount as text, a row without a booking day', async () => {
  const iban = freshIban();
  const { id } = await openLinkAndImport(stack, iban);
  const known = new Set((await ledgerOf(stack, id)).map((row) => row.id));
  await stack.sandbox.postBadRows(iban, ['unknown-type', 'text-value', 'no-date']);
  expect(await syncNow(stack, id)).toMatchObject({
    status: 'success',
    transactionsImported: 3,
    transactionsFailed: 0,
  });
  const odd = (await ledgerOf(stack, id)).filter((row) => !known.has(row.id));
  expect(odd.map(({ amount }) => amount)).toEqual(['-12.34', '-12.34', '-12.34']);
  expect(odd.map(({ type }) => type)).toContain('unknown');
  expect(odd.filter(({ bookedOn }) => bookedOn === null)).toHaveLength(1);
});

it('an account whose currency nobody knows imports nothing until the bank names one', async () => {
  const iban = freshIban();
  await stack.sandbox.openAccount({ iban, count: 60, days: 60, currency: 'XXX' });
  const { id } = await openAndLink(stack, iban);
  await quietHistory(stack, id);
  const run = await syncNow(stack, id);
  expect(run).toMatchObject({ status: 'partial', transactionsImported: 0, errorCode: 'rows.unreadable' });
  expect(run.transactionsFailed).toBeGreaterThan(10);
  expect(run.errorMessage).toContain('no known currency in currency');
  expect(await ledgerOf(stack, id)).toEqual([]);

  await stack.sandbox.changeAccount(iban, { currency: 'CHF' });
  const healed = await syncNow(stack, id);
  expect(healed).toMatchObject({
    status: 'success',
    transactionsImported: run.transactionsFailed,
    transactionsFailed: 0,
  });
  await expectLedgerEqualsBank(stack, id);
});
