import { afterAll, beforeAll, expect, it } from 'vitest';
import { canonicalDecimal } from '#kernel';
import {
  eventually,
  expectEventsMatchLedger,
  expectLedgerEqualsBank,
  expectProblem,
  followLink,
  type Stack,
  startStack,
  subscribeAll,
  syncNow,
  totals,
  runsOf,
} from './harness/index.js';

/** The original guide's example, value by value; its IBAN's check digits are wrong, and the sandbox bank has it all the same. */
const GUIDE = {
  accountId: 1,
  companyId: 1,
  tenantId: 1,
  institutionId: 'BNPAFRPP',
  iban: 'FR7612345678901234567890123',
};

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.dispose());

it('the complete example of the original guide works with its own values', async () => {
  const received = await subscribeAll(stack, '1');
  const connection = await stack.api.openConnection(GUIDE);
  expect(connection).toMatchObject({
    tenantId: '1',
    companyId: '1',
    institutionId: 'BNPAFRPP',
    iban: GUIDE.iban,
    status: 'pending',
  });
  expect((await followLink(connection.linkUrl ?? '')).status).toBe(200);
  const { id } = connection;

  const sync = await syncNow(stack, id);
  expect(sync).toMatchObject({ status: 'success', transactionsFailed: 0, errorMessage: null });
  const history = await eventually(async () => {
    const runs = await runsOf(stack, id);
    expect(runs.every(({ status }) => status !== 'pending')).toBe(true);
    return runs;
  });
  const { transactions, balance } = await stack.sandbox.truth(GUIDE.iban);
  const visible = transactions.filter(({ date }) => date >= (sync.windowFrom ?? ''));
  expect(visible.length).toBeGreaterThan(300);
  expect(totals(history)).toEqual({ imported: visible.length, updated: 0, removed: 0 });
  expect((await stack.api.syncs(id, { limit: 10 })).items).toEqual(history.slice(0, 10));
  await expectLedgerEqualsBank(stack, id);

  const account = (await stack.api.getConnection(id)).accounts.find(({ accountId }) => accountId === '1');
  expect(account).toMatchObject({
    iban: GUIDE.iban,
    status: 'tracked',
    balance: canonicalDecimal(balance, 2),
  });
  await eventually(() => expectEventsMatchLedger(stack, received, id));
  expect(received.all.every(({ tenantid }) => tenantid === '1')).toBe(true);
  await received.stop();
});

it('the guide’s first BIC and the same account in words are the same connection', async () => {
  const { headers, ...call } = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...GUIDE, accountId: '1', institutionId: 'BNAGFRPP' }),
  };
  await expectProblem(
    await stack.call('/v1/connections', { ...call, headers }),
    409,
    'connection.already-exists',
  );
});
