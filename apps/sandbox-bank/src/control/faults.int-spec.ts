import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { GUIDE_IBAN } from '../bank/iban.js';
import { BIG_IBAN } from '../bank/seeded-accounts.js';
import { RunningSandbox } from '../driving/running-sandbox.js';
import type { Answer, Credentials } from '../driving/sandbox-driver.js';

interface Page {
  transactions: { id: number }[];
  _links: { next: { href: string } | null };
}

const sandbox = new RunningSandbox();
let user: Credentials;
let connectionId: number;

beforeAll(async () => {
  await sandbox.start();
  user = await sandbox.driver.newUser();
  const { body } = await send<{ id: number }>('POST', `/sandbox/users/${user.userId}/connections`, {
    ibans: [GUIDE_IBAN],
  });
  connectionId = body.id;
});
afterEach(() => send('DELETE', '/sandbox/faults'));
afterAll(() => sandbox.dispose());

const send = <Body = Record<string, unknown>>(method: string, path: string, body: unknown = {}) =>
  sandbox.driver.call<Body>(path, { method, body });
const fault = (kind: string, more: object = {}) => send('POST', '/sandbox/faults', { kind, ...more });
const page = (query = 'limit=10') =>
  sandbox.driver.call<{ _links: { next: { href: string } | null } }>(
    `/2.0/users/me/transactions?${query}`,
    user,
  );

it('answers the next requests with errors, one after the other', async () => {
  await fault('status-500');
  await fault('html-503');
  await fault('rate-limited', { retryAfter: 7 });
  const answers = [await page(), await page(), await page(), await page()];
  expect(answers.map(({ status }) => status)).toEqual([500, 503, 429, 200]);
  expect(answers[0]?.body).toMatchObject({ code: 'bug' });
  expect(answers[1]?.text).toMatch(/^<!DOCTYPE html>/);
  expect(answers[2]?.headers.get('retry-after')).toBe('7');
});

it('spoils only the requests that were meant', async () => {
  await fault('status-500', { path: '/accounts' });
  await fault('status-500', { userId: user.userId + 1 });
  expect((await page()).status).toBe(200);
  expect((await sandbox.driver.call('/2.0/users/me/accounts', user)).status).toBe(500);
});

it('hangs, drops and delays', async () => {
  await fault('hang');
  await expect(
    fetch(`${sandbox.driver.url}/2.0/users/me`, { signal: AbortSignal.timeout(100) }),
  ).rejects.toThrow(/timeout/);
  await fault('hang', { delayMs: 100 });
  const hungMs = performance.now();
  await expect(page()).rejects.toThrow('fetch failed');
  expect(performance.now() - hungMs).toBeGreaterThan(95);
  await fault('drop');
  await expect(page()).rejects.toThrow('fetch failed');
  await fault('delay', { delayMs: 150 });
  const startedMs = performance.now();
  expect((await page()).status).toBe(200);
  expect(performance.now() - startedMs).toBeGreaterThan(140);
});

it('breaks the link to the next page', async () => {
  const second = (await page()).body._links.next?.href ?? '';
  await fault('repeated-next');
  const repeated = await sandbox.driver.call<{ _links: { next: { href: string } } }>(second, user);
  expect(repeated.body._links.next.href).toBe(second);
  await fault('cross-host-next');
  expect((await page()).body._links.next?.href).toMatch(/^http:\/\/other-host\.example\.test\/2\.0\//);
  expect((await page()).body._links.next?.href).toBe(second);
});

it('limits the calls of a minute', async () => {
  await send('PATCH', '/sandbox/settings', { rateLimitPerMinute: 1 });
  const limited = await page();
  await send('PATCH', '/sandbox/settings', { rateLimitPerMinute: 0 });
  expect([limited.status, Number(limited.headers.get('retry-after')) > 0]).toEqual([429, true]);
});

it('lists the requests it saw, without codes', async () => {
  await send('DELETE', '/sandbox/requests');
  await page('limit=3&code=secret');
  await sandbox.driver.call('/2.0/users/me/accounts');
  const seen = (path: string) =>
    sandbox.driver.call<{ count: number; requests: object[] }>(`/sandbox/requests?path=${path}`);
  await expect
    .poll(async () => (await seen('transactions')).body.requests)
    .toMatchObject([
      {
        method: 'GET',
        path: '/2.0/users/me/transactions',
        query: 'limit=3&code=',
        status: 200,
        userId: user.userId,
      },
    ]);
  expect((await seen('')).text).not.toContain('secret');
  expect((await seen('accounts')).body.requests).toMatchObject([{ status: 401, userId: null }]);
});

it('refuses a forced sync that comes too soon, and shows who is needed', async () => {
  const put = (query = '') =>
    sandbox.driver.call(`/2.0/users/me/connections/${connectionId}${query}`, {
      method: 'PUT',
      token: user.token,
    });
  await send('PATCH', '/sandbox/settings', { recentSyncMs: 60_000 });
  expect([(await put()).status, (await put()).body.code]).toEqual([409, 'tooManySync']);
  await send('PATCH', '/sandbox/settings', { recentSyncMs: 0 });
  await send('PATCH', `/sandbox/connections/${connectionId}`, { state: 'SCARequired' });
  expect([(await put()).status, (await put('?psu_requested=false')).status]).toEqual([202, 200]);
  await send('PATCH', `/sandbox/connections/${connectionId}`, { state: null });
  expect((await put('?psu_requested=false')).body).toMatchObject({ state: null });
});

it('says in words what is wrong with a control call', async () => {
  const answers = [
    await fault('earthquake'),
    await send('PATCH', '/sandbox/settings', { clientID: 'x' }),
    await send('POST', '/sandbox/accounts/FR00/transactions', { count: 1 }),
    await send('POST', `/sandbox/accounts/${GUIDE_IBAN}/transactions`, {
      rows: [{ date: '2026-01-01', value: 'NaN' }],
    }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  expect(answers.map(({ body }) => String(body.error).length > 20)).toEqual([true, true, true, true]);
});

it('links an account of 20,000 rows and pages through it', async () => {
  const other = await sandbox.driver.newUser();
  await send('POST', `/sandbox/users/${other.userId}/connections`, { ibans: [BIG_IBAN] });
  let href: string | undefined = `${sandbox.driver.url}/2.0/users/me/transactions?limit=1000&all`;
  const ids = new Set<number>();
  while (href !== undefined) {
    const answer: Answer<Page> = await sandbox.driver.call<Page>(href, other);
    for (const { id } of answer.body.transactions) ids.add(id);
    href = answer.body._links.next?.href;
  }
  expect(ids.size).toBe(20_000);
});
