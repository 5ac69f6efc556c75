import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually,
  expectLedgerEqualsBank,
  freshIban,
  freshTenant,
  openLinkAndImport,
  type SandboxConnection,
  type Stack,
  startStack,
  syncNow,
} from './harness/index.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.dispose());

const sandboxConnectionOf = async (iban: string): Promise<number> => {
  const [copy] = (await stack.sandbox.truth(iban)).transactions.flatMap(({ copies }) => copies);
  if (!copy) throw new Error(`Nobody at the provider shows ${iban}.`);
  return copy.connectionId;
};

/** The provider forgets how it called the accounts, and calls them anew. */
const recreate = async (iban: string, how: object = {}): Promise<void> => {
  await stack.sandbox.call<SandboxConnection>(
    'POST',
    `/connections/${await sandboxConnectionOf(iban)}/recreate-accounts`,
    { enabled: true, ...how },
  );
};

const imported = async (id: string) => {
  const { items } = await stack.api.transactions(id, { limit: 500 });
  return items.filter(({ removedAt }) => removedAt === null).length;
};

describe('a bank account that the provider re-creates', () => {
  it('goes on in the same ledger, and nothing is imported twice', async () => {
    const iban = freshIban();
    await stack.sandbox.openAccount({ iban, count: 40, days: 60 });
    const { id, accounts } = await openLinkAndImport(stack, iban);
    const before = await imported(id);
    const [known] = (await stack.api.accounts(id)).items.filter((each) => each.iban === iban);
    await recreate(iban);
    await eventually(async () => {
      await syncNow(stack, id);
      const { items } = await stack.api.accounts(id);
      const ours = items.filter((each) => each.iban === iban);
      expect(ours.map(({ status }) => status).toSorted()).toEqual(['tracked', 'vanished']);
      const tracked = ours.find(({ status }) => status === 'tracked');
      expect(tracked).toMatchObject({ ledgerId: known?.ledgerId, accountId: 'account-1' });
      expect(tracked?.id).not.toBe(known?.id);
    });
    const after = await stack.api.getConnection(id);
    expect(after.status).toBe('active');
    expect(after.accounts.filter((each) => each.iban === iban)).toHaveLength(1);
    expect(accounts.map((each) => each.id)).toContain(known?.ledgerId);
    expect(before).toBeGreaterThan(0);
  });
});

describe('the accounts of a connection', () => {
  it('are ignored and tracked as the caller decides', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    const { items } = await stack.api.accounts(id);
    const ours = items.find((each) => each.iban === iban);
    expect(ours).toMatchObject({ status: 'tracked', accountId: 'account-1', candidateFor: [] });
    const account = ours?.id ?? '';

    const ignored = await stack.api.decideOnAccount(id, account, { action: 'ignore' });
    expect(ignored).toMatchObject({ id: account, status: 'ignored', accountId: null });
    expect(ignored.statusReason).toMatch(/^The caller ignores it\. Track it/);
    const french = (await stack.apiInFrench.accounts(id)).items.find((each) => each.id === account);
    expect(french).toMatchObject({
      status: 'ignored',
      statusReason: expect.stringMatching(/^L’appelant l’ignore\. Suivez-le/) as string,
    });
    expect(await stack.api.getConnection(id)).toMatchObject({
      status: 'error',
      statusReason: expect.stringMatching(/^account\.none-tracked: /) as string,
    });
    expect(await syncNow(stack, id)).toMatchObject({ status: 'failure', errorCode: 'account.none-tracked' });

    const tracked = await stack.api.decideOnAccount(id, account, { action: 'track', accountId: 4711 });
    expect(tracked).toMatchObject({ status: 'tracked', accountId: '4711', ledgerId: ours?.ledgerId });
    expect(await stack.api.getConnection(id)).toMatchObject({ status: 'active', statusReason: null });
    expect(await syncNow(stack, id)).toMatchObject({ status: 'success' });
    await expectLedgerEqualsBank(stack, id);
  });

  it('keep the rows of one that is ignored, and list them again when it is tracked again', async () => {
    const iban = freshIban();
    await stack.sandbox.openAccount({ iban, count: 20, days: 30 });
    const { id } = await openLinkAndImport(stack, iban);
    const { items: before } = await stack.api.transactions(id, { limit: 500 });
    const account = (await stack.api.accounts(id)).items.find((each) => each.iban === iban)?.id ?? '';
    await stack.api.decideOnAccount(id, account, { action: 'ignore' });
    expect((await stack.api.transactions(id, { limit: 500 })).items).toEqual([]);
    const [row] = before;
    expect(await stack.api.transaction(row?.id ?? '')).toMatchObject({ id: row?.id, removedAt: null });

    // A webhook's run could come as late as the account is tracked again.
    await stack.sandbox.configure({ webhooksPaused: true });
    await stack.sandbox.post(iban, [
      { date: new Date().toISOString().slice(0, 10), value: '-2.20', originalWording: 'CARTE PAIN' },
    ]);
    await stack.api.decideOnAccount(id, account, { action: 'track', accountId: 'account-1' });
    expect((await stack.api.transactions(id, { limit: 500 })).items).toEqual(before);
    expect(await syncNow(stack, id)).toMatchObject({ status: 'success', transactionsImported: 1 });
    await expectLedgerEqualsBank(stack, id);
    await stack.sandbox.configure({ webhooksPaused: false });
  });

  it('are decided on by their tenant alone, and only in known words', async () => {
    const { id } = await openLinkAndImport(stack);
    const put = (account: string, body: object) =>
      stack.call(`/v1/connections/${id}/accounts/${account}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await put('1', { action: 'adopt' })).status).toBe(400);
    expect((await put('1', { action: 'map' })).status).toBe(400);
    const odd = { action: 'adopt' as 'track', accountId: 'x'.repeat(65) };
    await expect(stack.apiInFrench.decideOnAccount(id, '1', odd)).rejects.toMatchObject({
      code: 'request.invalid',
      message: expect.stringMatching(/^Un champ est inconnu/) as string,
      errors: [
        {
          field: 'action',
          code: 'field.not-listed',
          message: 'doit être l’une de ces valeurs : track, ignore, map',
        },
        { field: 'accountId', code: 'field.length', message: 'doit compter de 1 à 64 caractères' },
      ],
    });
    expect((await put('999999999', { action: 'ignore' })).status).toBe(404);
    await expect(stack.api.accounts('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({
      code: 'connection.not-found',
    });
  });
});

const accountOf = async (id: string, iban: string) => {
  const found = (await stack.api.accounts(id)).items.find((each) => each.iban === iban);
  if (!found) throw new Error(`The connection shows no ${iban}.`);
  return found;
};

/** What counts, in the order of the bank. */
const standingRows = async (id: string) => {
  const { items } = await stack.api.transactions(id, { limit: 500 });
  const standing = items.filter(({ removedAt }) => removedAt === null);
  return standing
    .map(({ bookedOn, amount, originalLabel }) => `${bookedOn} ${amount} ${originalLabel}`)
    .toSorted();
};

const openedIn = async (tenantId: string, currency = 'EUR', accountId = 'account-1', days = 20) => {
  const iban = freshIban();
  await stack.sandbox.openAccount({ iban, count: 5, days, currency });
  const { id } = await openLinkAndImport(stack, iban, { tenantId, accountId });
  return { id, account: (await accountOf(id, iban)).id, ledgerId: (await accountOf(id, iban)).ledgerId };
};

describe('the ledger of a bank account', () => {
  it('takes in no other account, and nothing of another currency', async () => {
    const tenantId = freshTenant();
    const [victim, other, british] = [
      await openedIn(tenantId),
      await openedIn(tenantId, 'EUR', '2'),
      await openedIn(tenantId, 'GBP', '3'),
    ];
    const { items: before } = await stack.api.transactions(victim.id, { limit: 500 });
    const map = (from: typeof other, api = stack.api) =>
      api.decideOnAccount(from.id, from.account, { action: 'map', ledgerId: victim.ledgerId });
    await expect(map(other)).rejects.toMatchObject({ status: 409, code: 'account.ledger-in-use' });
    await expect(map(other, stack.apiInFrench)).rejects.toMatchObject({
      message: expect.stringMatching(/^Un autre compte bancaire est importé dans ce grand livre/) as string,
    });
    await syncNow(stack, other.id);
    expect((await stack.api.transactions(victim.id, { limit: 500 })).items).toEqual(before);

    await stack.api.delete(victim.id);
    await expect(map(british)).rejects.toMatchObject({ status: 409, code: 'account.ledger-currency' });
    expect(await map(other)).toMatchObject({ status: 'tracked', ledgerId: victim.ledgerId });
  });

  it('goes on with its own account when that comes back, and leaves out the one that took its place', async () => {
    const tenantId = freshTenant();
    const iban = freshIban();
    await stack.sandbox.openAccount({ iban, count: 5, days: 20 });
    const { id } = await openLinkAndImport(stack, iban, { tenantId });
    const { ledgerId } = await accountOf(id, iban);
    const before = await standingRows(id);
    // Rows of before the first day that an account shows are left to those that showed them.
    const other = await openedIn(tenantId, 'EUR', '2', 8);
    await stack.api.delete(id);
    await stack.api.decideOnAccount(other.id, other.account, { action: 'map', ledgerId });
    expect(await syncNow(stack, other.id)).toMatchObject({ status: 'success', transactionsImported: 5 });

    await openLinkAndImport(stack, iban, { tenantId });
    expect(await accountOf(id, iban)).toMatchObject({ ledgerId, status: 'tracked' });
    expect(await standingRows(id)).toEqual(before);
    expect(await syncNow(stack, other.id)).toMatchObject({
      status: 'failure',
      errorCode: 'account.ledger-in-use',
    });
    expect(await standingRows(id)).toEqual(before);

    const anew = await stack.api.decideOnAccount(other.id, other.account, { action: 'track' });
    expect(anew.ledgerId).toBe(other.ledgerId);
    expect(await syncNow(stack, other.id)).toMatchObject({ status: 'success' });
    await expectLedgerEqualsBank(stack, other.id);
  });

  it('takes in one account through two links', async () => {
    const [tenantId, iban] = [freshTenant(), freshIban()];
    const [one, two] = [
      await openLinkAndImport(stack, iban, { tenantId }),
      await openLinkAndImport(stack, iban, { tenantId, accountId: '2' }),
    ];
    const { ledgerId } = await accountOf(one.id, iban);
    const { id: account } = await accountOf(two.id, iban);
    expect(await stack.api.decideOnAccount(two.id, account, { action: 'map', ledgerId })).toMatchObject({
      status: 'tracked',
      ledgerId,
    });
  });
});

type Hide = (iban: string, isHidden: boolean) => Promise<unknown>;
const unshare: Hide = async (iban, disabled) => {
  const [connection] = await stack.sandbox.connectionsOf(iban);
  const account = connection?.accounts.find((each) => each.iban === iban);
  await stack.sandbox.call('PATCH', `/connections/${connection?.id}/accounts/${account?.id}`, { disabled });
};
const close: Hide = (iban, closed) => stack.sandbox.changeAccount(iban, { closed });

describe('an account that we cannot see for a time', () => {
  it.each<[string, RegExp, Hide]>([
    ['not-shared', /does not share it.*not empty.*fresh link/, unshare],
    ['vanished', /no longer shows it.*What was imported stays/, close],
  ])('is %s, not empty, and goes on in its ledger from when it is back', async (status, words, hide) => {
    const iban = freshIban();
    await stack.sandbox.openAccount({ iban, count: 20, days: 30 });
    const { id } = await openLinkAndImport(stack, iban);
    const [known] = (await stack.api.accounts(id)).items.filter((each) => each.iban === iban);
    expect(known).toMatchObject({ status: 'tracked', statusReason: null, sharedSince: null });
    const before = await imported(id);
    const becomes = (account: object, connection: object) =>
      eventually(async () => {
        await syncNow(stack, id);
        const { items } = await stack.api.accounts(id);
        expect(items.find((each) => each.id === known?.id)).toMatchObject(account);
        expect(await stack.api.getConnection(id)).toMatchObject(connection);
      });
    await hide(iban, true);
    const reason = expect.stringMatching(words) as string;
    await becomes(
      { status, statusReason: reason, accountId: 'account-1' },
      { status: 'error', actionOwner: 'user' },
    );
    expect(await imported(id)).toBe(before);
    const hiddenUntil = new Date().toISOString();
    await hide(iban, false);
    await becomes({ status: 'tracked', statusReason: null }, { status: 'active', statusReason: null });
    const { items } = await stack.api.accounts(id);
    const back = items.find((each) => each.id === known?.id);
    expect((back?.sharedSince ?? '') > hiddenUntil).toBe(true);
    expect(back?.ledgerId).toBe(known?.ledgerId);
    await expectLedgerEqualsBank(stack, id);
  });
});
