import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withCheckDigits } from '../bank/iban.js';
import { RunningSandbox } from '../driving/running-sandbox.js';
import type { Answer, Credentials } from '../driving/sandbox-driver.js';

const sandbox = new RunningSandbox();
beforeAll(() => sandbox.start());
afterAll(() => sandbox.dispose());

interface Row {
  id: number;
  id_account: number;
  date: string;
  value: number;
  coming: boolean;
  deleted: string | null;
  last_update: string;
  original_wording: string;
}

interface Page {
  code?: string;
  transactions: Row[];
  total: number;
  _links: { next: { href: string } | null; prev: { href: string } | null };
}

interface Truth {
  transactions: { rowId: number; deleted: boolean; copies: { transactionId: number; userId: number }[] }[];
}

let next = 1000;
let user: Credentials;
let iban: string;
let connectionId: number;
let accountId: number;

const send = <Body = Record<string, unknown>>(method: string, path: string, body: unknown = {}) =>
  sandbox.driver.call<Body>(path, { method, body });
const read = (path: string, who = user) => sandbox.driver.call<Page>(`/2.0/users/me/${path}`, who);
const rows = async (query: string): Promise<Row[]> =>
  (await read(`transactions?limit=1000&${query}`)).body.transactions;

beforeEach(async () => {
  user = await sandbox.driver.newUser();
  iban = withCheckDigits('FR', `9999800066000000${next++}042`);
  await send('POST', '/sandbox/accounts', { iban, count: 0 });
  const linked = await send<{ id: number; accounts: { id: number }[] }>(
    'POST',
    `/sandbox/users/${user.userId}/connections`,
    { ibans: [iban] },
  );
  connectionId = linked.body.id;
  accountId = linked.body.accounts[0]?.id ?? 0;
});

const post = (rowsToPost: unknown[], more: object = {}) =>
  send<{ rowIds: number[] }>('POST', `/sandbox/accounts/${iban}/transactions`, { rows: rowsToPost, ...more });

it('pages through everything by absolute links that keep the filters', async () => {
  await send('POST', `/sandbox/accounts/${iban}/transactions`, { count: 25 });
  await post([
    { date: '2026-01-31', value: -1 },
    { date: '2026-02-01', value: -2 },
  ]);
  const seen: number[] = [];
  let href: string | undefined =
    `${sandbox.driver.url}/2.0/users/me/transactions?limit=4&all&filter=date&min_date=2026-02`;
  let pages = 0;
  while (href !== undefined) {
    expect(href.startsWith(sandbox.driver.url)).toBe(true);
    expect(href).toContain('min_date=2026-02');
    const { body }: Answer<Page> = await sandbox.driver.call<Page>(href, user);
    seen.push(...body.transactions.map((row) => row.id));
    href = body._links.next?.href;
    pages += 1;
  }
  const { body } = await sandbox.driver.call<Truth>(`/sandbox/accounts/${iban}/transactions`);
  const truth = body.transactions.flatMap((row) => row.copies.map((copy) => copy.transactionId));
  expect([pages, seen.length, new Set(seen).size, truth.length]).toEqual([7, 26, 26, 27]);
  expect(seen.every((id) => truth.includes(id))).toBe(true);
});

it('has the same rows by user, connection and account, and one by one', async () => {
  await post([{ date: '2026-01-31', value: '-248.90', originalWording: 'CARTE 30/01 PAPETERIE DUVAL' }]);
  const lists = ['', `connections/${connectionId}/`, `accounts/${accountId}/`];
  const found = await Promise.all(lists.map((scope) => read(`${scope}transactions?limit=10`)));
  const [first] = found[0]?.body.transactions ?? [];
  for (const { body } of found) expect(body.transactions).toEqual([first]);
  expect((await sandbox.driver.call(`/2.0/users/me/transactions/${first?.id}`, user)).body).toEqual(first);
  expect(first).toMatchObject({
    value: -248.9,
    type: 'order',
    wording: 'PAPETERIE DUVAL',
    id_account: accountId,
  });
  expect(found[0]?.text).toContain('"value":-248.90,');
});

it('wants a limit and refuses more than 1000', async () => {
  expect((await read('transactions')).body.code).toBe('missingParameter');
  const tooMany = await read('transactions?limit=1001');
  expect([tooMany.status, tooMany.body.code]).toEqual([400, 'invalidValue']);
});

it('answers noAccount while nothing is shared, and 404 for what belongs to others', async () => {
  const other = await sandbox.driver.newUser();
  const none = await read('transactions?limit=10', other);
  expect([none.status, none.body.code]).toEqual([409, 'noAccount']);
  await post([{ date: '2026-01-31', value: -1 }]);
  const [row] = await rows('');
  for (const path of [
    `transactions/${row?.id}`,
    `accounts/${accountId}`,
    `accounts/${accountId}/transactions?limit=1`,
    `connections/${connectionId}`,
    `connections/${connectionId}/transactions?limit=1`,
  ])
    expect([path, (await read(path, other)).status]).toEqual([path, 404]);
});

const msOf = (row?: Row): number => Date.parse(`${row?.last_update.replace(' ', 'T')}Z`);

describe('what a bank changes', () => {
  it('keeps the id of a changed row and gives it a new last_update, strictly after the filter', async () => {
    const { body } = await post([
      { date: '2026-01-30', value: -1 },
      { date: '2026-01-31', value: -2 },
    ]);
    const before = await rows('');
    await send('PATCH', `/sandbox/accounts/${iban}/transactions/${body.rowIds[0]}`, { value: -5 });
    const after = await rows('');
    expect(after.map((row) => [row.id, row.value])).toEqual([
      [before[0]?.id, -2],
      [before[1]?.id, -5],
    ]);
    const newest = after[1]?.last_update ?? '';
    expect(await rows(`all&last_update=${encodeURIComponent(newest)}`)).toEqual([]);
    expect(await rows('all&last_update=2020-01-01')).toHaveLength(2);
  });

  it('was read long ago once the connection is made older', async () => {
    await post([{ date: '2026-01-30', value: -1 }]);
    const [fresh] = await rows('');
    await send('POST', `/sandbox/connections/${connectionId}/age`, { hours: 24 });
    const [aged] = await rows('');
    expect(msOf(fresh) - msOf(aged)).toBe(24 * 3_600_000);
    expect(aged?.last_update).toHaveLength(fresh?.last_update.length ?? 0);
  });

  it('keeps a removed row, to be seen with all or deleted only', async () => {
    const { body } = await post([
      { date: '2026-01-30', value: -1 },
      { date: '2026-01-31', value: -2 },
    ]);
    await send('DELETE', `/sandbox/accounts/${iban}/transactions/${body.rowIds[0]}`);
    expect((await rows('')).map((row) => row.value)).toEqual([-2]);
    expect((await rows('all')).map((row) => row.deleted !== null)).toEqual([false, true]);
    expect((await rows('deleted=true')).map((row) => row.value)).toEqual([-1]);
  });

  it.each([
    ['same-id', 1, [false]],
    ['new-id', 2, [false, true]],
  ])('books an announced row (%s)', async (variant, count, deleted) => {
    await post([{ date: '2099-01-31', value: -7, coming: true }]);
    expect((await rows('')).map((row) => row.coming)).toEqual([true]);
    await send('POST', `/sandbox/accounts/${iban}/post-coming`, { variant });
    const after = await rows('all');
    expect(after).toHaveLength(count);
    expect(after.map((row) => row.deleted !== null).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      deleted,
    );
    expect(after.filter((row) => !row.coming && row.deleted === null).map((row) => row.value)).toEqual([-7]);
  });

  it('waits for a sync where the control call says so', async () => {
    await post([{ date: '2026-01-30', value: -1 }], { sync: false });
    expect(await rows('')).toEqual([]);
    const forced = await sandbox.driver.call(
      `/2.0/users/me/connections/${connectionId}?psu_requested=false`,
      {
        method: 'PUT',
        token: user.token,
      },
    );
    expect(forced.status).toBe(200);
    await expect.poll(async () => (await rows('')).length).toBe(1);
  });

  it('may spoil rows in every known way', async () => {
    await send('POST', `/sandbox/accounts/${iban}/bad-rows`, {
      kinds: ['no-id', 'impossible-date', 'null-value', 'nan-value', 'text-value'],
    });
    const bad = (await rows('')) as Partial<Row>[];
    expect(bad.map((row) => row.value)).toEqual([-12.34, -12.34, null, 'NaN', '-12.34']);
    expect([bad[0]?.id, bad[1]?.date]).toEqual([undefined, '2026-02-31']);
    await send('POST', `/sandbox/accounts/${iban}/bad-rows`, { kinds: ['bare-nan'] });
    const unreadable = await read('transactions?limit=1000');
    expect(unreadable.body).toBeNull();
    expect(unreadable.text).toContain('"value":NaN');
  });
});

const change = (path: string, body: unknown) =>
  sandbox.driver.call(`/2.0/users/me/accounts/${path}`, { method: 'POST', token: user.token, body });

describe('sharing an account', () => {
  it('ends with disabling it: hidden, not addressable, its rows erased; and begins anew with other ids', async () => {
    await post([{ date: '2026-01-31', value: -1 }]);
    const [before] = await rows('');
    await change(`${accountId}`, { disabled: true });
    expect((await read(`accounts/${accountId}`)).status).toBe(404);
    expect((await read(`accounts/${accountId}?all`)).status).toBe(200);
    expect((await read('transactions?limit=1')).body.code).toBe('noAccount');
    expect((await change(`${accountId}`, { disabled: false })).status).toBe(404);
    expect((await change(`${accountId}?all`, { disabled: false })).body).toMatchObject({ disabled: null });
    await expect.poll(async () => (await rows('')).length).toBe(1);
    expect((await rows(''))[0]?.id).not.toBe(before?.id);
  });

  it('survives a repair only under a new id, if the bank wills it', async () => {
    await post([{ date: '2026-01-31', value: -1 }]);
    const [before] = await rows('');
    const { body } = await send<{ accounts: { was: number; is: number }[] }>(
      'POST',
      `/sandbox/connections/${connectionId}/recreate-accounts`,
      { enabled: true },
    );
    const [account] = body.accounts;
    expect(account?.was).toBe(accountId);
    const copies = (await read(`accounts/${account?.is}/transactions?limit=10`)).body.transactions;
    expect(copies.map((row) => [row.value, row.id === before?.id])).toEqual([[-1, false]]);
  });
});
