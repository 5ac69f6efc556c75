import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { GUIDE_IBAN, withCheckDigits } from '../bank/iban.js';
import { CALLBACK, RunningSandbox } from '../driving/running-sandbox.js';
import { eventually, type Credentials } from '../driving/sandbox-driver.js';
import {
  listenForWebhooks,
  type ReceivedWebhook,
  type WebhookListener,
} from '../driving/webhook-listener.js';

const SECRET = 's3cr3t';
const sandbox = new RunningSandbox();
let listener: WebhookListener;
let next = 2000;
let user: Credentials;
let iban: string;

beforeAll(async () => {
  listener = await listenForWebhooks();
  await sandbox.start({ webhookUrl: listener.url, webhookSecret: SECRET });
});
afterAll(async () => {
  await sandbox.dispose();
  await listener.stop();
});

interface Synced {
  id_webhook_data: number;
  user: { id: number };
  connection: {
    id: number;
    state: string | null;
    last_update: string;
    accounts: { id: number; iban: string; transactions: { value: number; deleted: string | null }[] }[];
  };
}

const send = <Body = Record<string, unknown>>(method: string, path: string, body: unknown = {}) =>
  sandbox.driver.call<Body>(path, { method, body });
const setting = (settings: object) => send('PATCH', '/sandbox/settings', settings);
const syncedOf = (webhook: ReceivedWebhook): Synced => JSON.parse(webhook.body) as Synced;
const arrived = (event: string, count = 1): Promise<ReceivedWebhook[]> =>
  eventually(() => {
    const found = listener.received.filter(({ path }) => path === `/webhooks/powens/${event}`);
    expect(found.length).toBeGreaterThanOrEqual(count);
    return found;
  });
const first = async (event: string): Promise<unknown> =>
  JSON.parse((await arrived(event))[0]?.body ?? 'null');
const link = async (): Promise<{ id: number; accounts: { id: number }[] }> =>
  (
    await send<{ id: number; accounts: { id: number }[] }>(
      'POST',
      `/sandbox/users/${user.userId}/connections`,
      {
        ibans: [iban],
      },
    )
  ).body;

beforeEach(async () => {
  await setting({ webhooksPaused: false, webhooksDuplicated: false, webhookSecret: SECRET });
  listener.status = 200;
  user = await sandbox.driver.newUser();
  iban = withCheckDigits('FR', `9999800055000000${next++}042`);
  await send('POST', '/sandbox/accounts', { iban, count: 30 });
  listener.received.length = 0;
});

it('tells of a linked connection with its whole history, signed over the path', async () => {
  await sandbox.driver.link(user, iban, CALLBACK);
  const [webhook] = await arrived('connection-synced');
  const { headers = {}, body = '', path = '' } = webhook ?? {};
  const date = String(headers['bi-signature-date']);
  expect(date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  expect(headers['bi-signature']).toBe(
    createHmac('sha256', SECRET).update(`POST.${path}.${date}.${body}`).digest('base64'),
  );
  expect(headers).toMatchObject({
    'user-agent': 'Budgea API/2.0',
    'content-type': 'application/json; charset=utf-8',
  });
  expect(headers.authorization).toBeUndefined();
  const synced = JSON.parse(body) as Synced;
  expect(synced).toMatchObject({ user: { id: user.userId }, connection: { state: null } });
  expect(synced.connection.accounts.map((account) => [account.iban, account.transactions.length])).toEqual([
    [iban, 30],
  ]);
  await arrived('account-found', 3);
  expect(await first('account-found')).toMatchObject({
    id_user: user.userId,
    type: 'checking',
  });
});

it('embeds only what a sync found new, changed or removed', async () => {
  await link();
  const { body } = await send<{ rowIds: number[] }>('POST', `/sandbox/accounts/${iban}/transactions`, {
    rows: [{ date: '2026-01-31', value: -1 }],
  });
  await send('DELETE', `/sandbox/accounts/${iban}/transactions/${body.rowIds[0]}`);
  const synced = (await arrived('connection-synced', 3)).map(syncedOf);
  const rows = synced
    .toSorted((a, b) => a.id_webhook_data - b.id_webhook_data)
    .map(({ connection }) => connection.accounts[0]?.transactions ?? []);
  expect(rows.map((list) => list.length)).toEqual([30, 1, 1]);
  expect(rows.slice(1).map((list) => list[0]?.deleted === null)).toEqual([true, false]);
  expect(new Set(synced.map((each) => each.id_webhook_data)).size).toBe(3);
});

it('tells of a connection in trouble, without accounts', async () => {
  const { id } = await link();
  await send('PATCH', `/sandbox/connections/${id}`, { state: 'SCARequired' });
  const synced = (await arrived('connection-synced', 2)).map(syncedOf);
  expect(synced.find(({ connection }) => connection.state === 'SCARequired')?.connection).toMatchObject({
    id,
    accounts: [],
  });
});

it('tells of accounts that are shared and no longer shared, and of deletions', async () => {
  const { id, accounts } = await link();
  const path = `/2.0/users/me/accounts/${accounts[0]?.id}?all`;
  for (const disabled of [true, false])
    await sandbox.driver.call(path, { method: 'PUT', token: user.token, body: { disabled } });
  await sandbox.driver.call(`/2.0/users/me/connections/${id}`, { method: 'DELETE', token: user.token });
  await sandbox.driver.call('/2.0/users/me', { method: 'DELETE', token: user.token });
  expect(await first('account-disabled')).toMatchObject({
    id: accounts[0]?.id,
    disabled: expect.any(String),
  });
  expect(await first('account-enabled')).toMatchObject({ id: accounts[0]?.id, disabled: null });
  expect(await first('connection-deleted')).toMatchObject({ id, id_user: user.userId, active: false });
  expect(await first('user-deleted')).toMatchObject({ id: user.userId, signin: expect.any(String) });
});

it('tries again with the same body until somebody answers 2xx', async () => {
  listener.status = 503;
  await link();
  await arrived('connection-synced', 2);
  listener.status = 200;
  await eventually(async () => {
    const { body } = await sandbox.driver.call<{ webhooks: { delivered: number; userId: number }[] }>(
      '/sandbox/webhooks',
    );
    expect(
      body.webhooks.filter(({ userId }) => userId === user.userId).every(({ delivered }) => delivered),
    ).toBe(true);
  });
  const bodies = (await arrived('connection-synced', 3)).map(({ body }) => body);
  expect(new Set(bodies).size).toBe(1);
});

it('waits while paused, also over a restart', async () => {
  await setting({ webhooksPaused: true });
  await link();
  await send('POST', '/sandbox/webhooks/flush');
  expect(listener.received).toEqual([]);
  await sandbox.stop();
  await sandbox.start({ webhookUrl: listener.url, webhookSecret: SECRET });
  expect((await arrived('connection-synced')).length).toBe(1);
  expect((await sandbox.driver.call('/2.0/users/me/transactions?limit=1', user)).body).toMatchObject({
    total: 30,
  });
});

it('delivers twice on demand', async () => {
  await setting({ webhooksDuplicated: true });
  await link();
  const twice = await arrived('connection-synced', 2);
  expect(twice[0]?.body).toBe(twice[1]?.body);
});

it('carries the user’s token where no secret is set', async () => {
  await setting({ webhookSecret: null });
  await link();
  const [webhook] = await arrived('connection-synced');
  expect(webhook?.headers.authorization).toBe(`Bearer ${user.token}`);
  expect(webhook?.headers['bi-signature']).toBeUndefined();
});

it('holds the webhooks of a temporary user back until the user stays', async () => {
  const page = await sandbox.driver.openPage('connect', {
    redirect_uri: CALLBACK,
    account_ibans: GUIDE_IBAN,
  });
  const back = (await sandbox.driver.submit('connect', page.text)) as URL;
  const held = async () =>
    (
      await sandbox.driver.call<{ webhooks: { held: number; event: string }[] }>('/sandbox/webhooks')
    ).body.webhooks.filter((webhook) => webhook.held === 1 && webhook.event === 'CONNECTION_SYNCED').length;
  await expect.poll(held).toBe(1);
  expect(listener.received).toEqual([]);
  await send('POST', '/2.0/auth/token/access', {
    client_id: '55120934',
    client_secret: 'sandbox-client-secret',
    code: back.searchParams.get('code'),
  });
  expect(await arrived('connection-synced')).toHaveLength(1);
});
