import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually, freshIban, ledgerOf, matching, openLinkAndImport, type Stack, startStack, syncNow,
} from './harness/index.js'; // prettier-ignore

let stack: Stack;

beforeAll(async () => {
  // A person's sync shall not make the provider look at the bank: each look is the spec's own.
  stack = await startStack({ env: { REFRESH_AFTER_MINUTES: '0' } });
  await stack.sandbox.configure({ webhooksPaused: true });
});
afterAll(() => stack?.dispose());

const DAY_MS = 86_400_000;
const today = (): string => new Date().toISOString().slice(0, 10);
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

/** What is laid over the provider's answer about an account; `null` takes it off. */
const answerWith = (iban: string, override: object | null): Promise<unknown> =>
  stack.sandbox.call('PATCH', `/accounts/${iban}`, { override });

/** A connection with a second account that is imported, too. */
const withTwoAccounts = async () => {
  const iban = freshIban();
  await stack.sandbox.openAccount({ iban, count: 20, days: 30 });
  const { id } = await openLinkAndImport(stack, iban);
  const [connection] = await stack.sandbox.connectionsOf(iban);
  const other = freshIban();
  await stack.sandbox.openAccount({ iban: other, count: 10, days: 30 });
  const path = `/connections/${connection?.id}/accounts`;
  const { accountId } = await stack.sandbox.call<{ accountId: number }>('POST', path, { iban: other });
  await stack.sandbox.call('PATCH', `${path}/${accountId}`, { disabled: false });
  await syncNow(stack, id);
  const found = (await stack.api.accounts(id)).items.find((each) => each.iban === other);
  await stack.api.decideOnAccount(id, found?.id ?? '', { action: 'track', accountId: 'account-2' });
  expect(await syncNow(stack, id)).toMatchObject({ status: 'success' });
  const account = async (wanted: string, api = stack.api) =>
    (await api.accounts(id)).items.find((each) => each.iban === wanted);
  return { id, iban, other, account };
};

/** The rows of both accounts, each once, and no other. */
const expectRowsOfBoth = async ({ id, iban, other }: { id: string; iban: string; other: string }) => {
  const truths = await Promise.all([iban, other].map((each) => stack.sandbox.truth(each)));
  const atBank = truths.flatMap(({ transactions }) =>
    transactions.flatMap(({ copies }) => copies.map(({ transactionId }) => String(transactionId))),
  );
  const ledger = await ledgerOf(stack, id);
  expect(ledger.filter(({ removedAt }) => removedAt !== null)).toEqual([]);
  const ids = ledger.map(({ providerTransactionId }) => providerTransactionId);
  expect(ids.toSorted()).toEqual(atBank.toSorted());
};

describe('the freshness of each account', () => {
  it('is told of the account that stands still, and of no other', async () => {
    const { id, iban, other, account } = await withTwoAccounts();
    for (const each of [iban, other]) {
      const { refreshedAt, problem } = (await account(each)) ?? {};
      expect(problem).toBeNull();
      expect(Date.parse(refreshedAt ?? '')).toBeGreaterThan(Date.now() - DAY_MS);
    }
    const since = daysAgo(10);
    await answerWith(other, { set: { last_update: since } });
    await stack.sandbox.post(iban, [{ date: today(), value: '-3.10', originalWording: 'CARTE PAIN' }]);
    const run = await syncNow(stack, id);
    expect(run).toMatchObject({
      status: 'partial',
      errorCode: 'account.stale',
      transactionsImported: 1,
      evidence: null,
      problems: [
        {
          code: 'account.stale',
          accountId: 'account-2',
          actionOwner: 'provider',
          parameters: { refreshedAt: since },
          message: matching(/account account-2: last read .*fresh link/),
        },
      ],
    });
    expect(await account(other)).toMatchObject({
      status: 'tracked',
      refreshedAt: since,
      problem: { code: 'account.stale', actionOwner: 'provider' },
    });
    expect((await account(other, stack.apiInFrench))?.problem?.message).toMatch(
      /compte account-2 : lu pour la dernière/,
    );
    expect((await account(iban))?.problem).toBeNull();
    const { status, accounts } = await stack.api.getConnection(id);
    expect(status).toBe('active');
    expect(accounts.find((each) => each.iban === other)?.refreshedAt).toBe(since);

    await answerWith(other, null);
    expect(await syncNow(stack, id)).toMatchObject({ status: 'success', problems: [] });
    expect(await account(other)).toMatchObject({ problem: null });
    await expectRowsOfBoth({ id, iban, other });
  });

  it('is a problem when the provider names an error of one account, and unknown is none', async () => {
    const { id, other, account } = await withTwoAccounts();
    await answerWith(other, { set: { error: 'actionNeeded' } });
    expect(await syncNow(stack, id)).toMatchObject({
      status: 'partial',
      problems: [{ code: 'account.failing', accountId: 'account-2', parameters: { error: 'actionNeeded' } }],
    });
    await answerWith(other, { omit: ['error', 'last_update'] });
    expect(await syncNow(stack, id)).toMatchObject({ status: 'success' });
    expect(await account(other)).toMatchObject({ refreshedAt: null, problem: null });
  });

  it('imports what a failing account shows, and has lost nothing when it is well again', async () => {
    const { id, iban, other } = await withTwoAccounts();
    await answerWith(other, { set: { error: 'bug' } });
    await stack.sandbox.post(other, [{ date: today(), value: '-7.70', originalWording: 'CARTE CAFE' }]);
    expect(await syncNow(stack, id)).toMatchObject({ status: 'partial', transactionsImported: 1 });
    await answerWith(other, null);
    expect(await syncNow(stack, id)).toMatchObject({ status: 'success', transactionsRemoved: 0 });
    await expectRowsOfBoth({ id, iban, other });
  });
});

describe('a connection that is switched off at the provider', () => {
  it('is told as long as the provider refreshes nothing by itself', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    expect(await syncNow(stack, id)).toMatchObject({ status: 'success' });
    const [connection] = await stack.sandbox.connectionsOf(iban);
    const patch = (active: boolean) =>
      stack.sandbox.call('PATCH', `/connections/${connection?.id}`, { active });
    await patch(false);
    expect(await syncNow(stack, id)).toMatchObject({
      status: 'partial',
      problems: [{ code: 'provider.inactive', accountId: null, actionOwner: 'operator' }],
    });
    const warned = {
      status: 'active',
      statusReasonCode: 'provider.inactive',
      statusReason: matching(/^provider\.inactive: .*switched off.*operator/),
      actionOwner: 'operator',
      nextAutomaticAction: { what: 'sync' },
    };
    await eventually(async () => expect(await stack.api.getConnection(id)).toMatchObject(warned));
    expect((await stack.apiInFrench.getConnection(id)).statusReason).toMatch(
      /L’exploitant le fait réactiver/,
    );
    await patch(true);
    expect(await syncNow(stack, id)).toMatchObject({ status: 'success' });
    expect(await stack.api.getConnection(id)).toMatchObject({
      status: 'active',
      statusReason: null,
      actionOwner: null,
    });
  });
});
