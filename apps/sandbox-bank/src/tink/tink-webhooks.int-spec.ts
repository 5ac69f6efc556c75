import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunningSandbox } from '../driving/running-sandbox.js';
import { eventually } from '../driving/sandbox-driver.js';
import { listenForWebhooks, type WebhookListener } from '../driving/webhook-listener.js';
import { DEFAULT_SETTINGS } from '../settings.js';
import { TinkWebhooks } from './tink-webhooks.js';

const ENDPOINTS = '/events/v2/webhook-endpoints';
const CLIENT = { client_id: 'sandbox-tink-client', client_secret: 'sandbox-tink-secret' };
const sandbox = new RunningSandbox();
let listener: WebhookListener;
let token: string;

interface Endpoint {
  id: string;
  url: string;
  enabledEvents: string[];
  secret: string;
}
interface Delivery {
  statuses: (number | null)[];
  outcome: string;
}

const tokenAnswer = (form: Record<string, string>): Promise<Response> =>
  fetch(`${sandbox.driver.url}/api/v1/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
const tokenFor = async (scope: string): Promise<string> => {
  const answer = await tokenAnswer({ ...CLIENT, grant_type: 'client_credentials', scope });
  return ((await answer.json()) as { access_token: string }).access_token;
};
const call = <Body = Record<string, unknown>>(method: string, path: string, body?: unknown, bearer = token) =>
  sandbox.driver.call<Body>(path, { method, token: bearer, body });
const create = async (path: string, enabledEvents = ['refresh:finished']): Promise<Endpoint> => {
  const url = new URL(path, listener.url).href;
  const { status, body } = await call<Endpoint>('POST', ENDPOINTS, { url, enabledEvents });
  expect(status).toBe(200);
  return body;
};
const list = async (query = ''): Promise<{ webhookEndpoints: Endpoint[]; nextPageToken: string }> =>
  (await call<{ webhookEndpoints: Endpoint[]; nextPageToken: string }>('GET', ENDPOINTS + query)).body;
const emit = async (event = 'refresh:finished'): Promise<void> => {
  await call('POST', '/sandbox/tink/events', {
    event,
    context: { userId: 'u' },
    content: { credentialsId: 'c' },
  });
};
const lastDelivery = async (): Promise<Delivery> => {
  const { body } = await call<{ deliveries: Delivery[] }>('GET', '/sandbox/tink/deliveries');
  return body.deliveries.at(-1) ?? expect.fail('There is no delivery.');
};
const ended = (): Promise<Delivery> =>
  eventually(async () => {
    const delivery = await lastDelivery();
    expect(delivery.outcome).not.toBe('waiting');
    return delivery;
  });

beforeAll(async () => {
  listener = await listenForWebhooks();
  await sandbox.start({ tinkRetryMs: 1 });
  token = await tokenFor('webhook-endpoints');
});
afterAll(async () => {
  await sandbox.dispose();
  await listener.stop();
});
beforeEach(async () => {
  for (const { id } of (await list('?pageSize=100')).webhookEndpoints)
    await call('DELETE', `${ENDPOINTS}/${id}`);
  listener.received.length = 0;
  listener.status = 200;
});

describe('a client token', () => {
  it.each([
    [401, { ...CLIENT, client_id: 'x', grant_type: 'client_credentials' }],
    [401, { ...CLIENT, client_secret: 'x', grant_type: 'client_credentials' }],
    [400, { ...CLIENT, grant_type: 'authorization_code' }],
    [400, { ...CLIENT, grant_type: 'client_credentials', scope: 'moon:walk' }],
  ])('is refused with %i', async (status, form) => {
    expect((await tokenAnswer(form)).status).toBe(status);
  });

  it('opens what its scope says, as long as it lives', async () => {
    expect((await call('GET', ENDPOINTS, undefined, 'nobody')).status).toBe(401);
    expect((await call('GET', ENDPOINTS, undefined, await tokenFor('user:create'))).status).toBe(403);
    await call('PATCH', '/sandbox/settings', { tinkTokenLifeSeconds: 0 });
    const expired = await tokenFor('webhook-endpoints');
    await call('PATCH', '/sandbox/settings', { tinkTokenLifeSeconds: 1800 });
    expect((await call('GET', ENDPOINTS, undefined, expired)).status).toBe(401);
  });
});

describe('webhook endpoints', () => {
  it('tell their secret at the creation only', async () => {
    const { id, secret } = await create('/a');
    expect(secret).toMatch(/^\S{20,}$/);
    const changed = await call('PATCH', `${ENDPOINTS}/${id}`, { webhookEndpoint: { disabled: true } });
    expect(changed.body).toMatchObject({ id, disabled: true });
    expect(JSON.stringify([await list(), changed.body])).not.toMatch(/secret/);
    const forbidden = await call('PATCH', `${ENDPOINTS}/${id}`, { webhookEndpoint: { secret: 'mine' } });
    expect(forbidden.status).toBe(400);
    expect((await call('DELETE', `${ENDPOINTS}/${id}`)).status).toBe(200);
    expect((await call('DELETE', `${ENDPOINTS}/${id}`)).status).toBe(404);
  });

  it('conflict when a URL would have an event twice', async () => {
    const { url } = await create('/a', ['refresh:finished', 'account:created']);
    const conflict = { url, enabledEvents: ['account:created'] };
    expect((await call('POST', ENDPOINTS, conflict)).status).toBe(409);
    await create('/a', ['account:updated']);
    await create('/a?second', ['account:created']);
  });

  it.each([
    { url: 'http://example.com/hook', enabledEvents: ['a'] },
    { url: 'nowhere', enabledEvents: ['a'] },
    { url: 'https://example.com/hook' },
    { url: 'https://example.com/hook', enabledEvents: [] },
  ])('refuse %o', async (body) => {
    expect((await call('POST', ENDPOINTS, body)).status).toBe(400);
  });

  it('come in pages', async () => {
    for (const path of ['/a', '/b', '/c']) await create(path);
    const first = await list('?pageSize=2');
    const second = await list(`?pageSize=2&pageToken=${first.nextPageToken}`);
    expect([first, second].map(({ webhookEndpoints }) => webhookEndpoints.length)).toEqual([2, 1]);
    expect(second.nextPageToken).toBe('');
  });
});

describe('an event', () => {
  it('goes signed to the endpoints that have it enabled', async () => {
    const { secret } = await create('/yes');
    await create('/no', ['account:created']);
    const { id } = await create('/off');
    await call('PATCH', `${ENDPOINTS}/${id}`, { webhookEndpoint: { disabled: true } });
    await emit();
    expect(await ended()).toMatchObject({ statuses: [200], outcome: 'delivered' });
    const [webhook, ...others] = listener.received;
    expect(others).toEqual([]);
    const { path = '', body = '', headers = {} } = webhook ?? {};
    expect([path, JSON.parse(body)]).toEqual([
      '/yes',
      { context: { userId: 'u' }, content: { credentialsId: 'c' }, event: 'refresh:finished' },
    ]);
    const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-tink-signature'])) ?? [];
    expect(v1).toBe(createHmac('sha256', secret).update(`${t}.${body}`).digest('hex'));
    expect(Math.abs(Number(t) * 1000 - Date.now())).toBeLessThan(60_000);
  });

  it.each([408, 429, 500, 502, 503, 504])('is repeated three times on %i', async (status) => {
    await create('/a');
    listener.status = status;
    await emit();
    expect(await ended()).toMatchObject({ statuses: [status, status, status, status], outcome: 'lost' });
    expect(new Set(listener.received.map(({ body }) => body)).size).toBe(1);
  });

  it.each([400, 401, 404, 410, 412, 301])('is lost on %i', async (status) => {
    await create('/a');
    listener.status = status;
    await emit();
    expect(await ended()).toMatchObject({ statuses: [status], outcome: 'lost' });
  });

  it('is lost when no connection can be made', async () => {
    await create('http://127.0.0.1:1/nobody');
    await emit();
    expect(await ended()).toMatchObject({ statuses: [null], outcome: 'lost' });
  });

  it('arrives on a repeat', async () => {
    await create('/a');
    await call('PATCH', '/sandbox/settings', { tinkRetryMs: 100 });
    listener.status = 503;
    await emit();
    await eventually(() => expect(listener.received).toHaveLength(1));
    listener.status = 204;
    expect(await ended()).toMatchObject({ statuses: [503, 204], outcome: 'delivered' });
    await call('PATCH', '/sandbox/settings', { tinkRetryMs: 1 });
  });

  it('passes an endpoint that is too new', async () => {
    await create('/a');
    await call('PATCH', '/sandbox/settings', { tinkActivationMs: 900_000 });
    const { body } = await call('POST', '/sandbox/tink/events', { event: 'refresh:finished' });
    expect(body).toEqual({ deliveries: [] });
    await call('PATCH', '/sandbox/settings', { tinkActivationMs: 0 });
  });

  it.each([
    [false, 1],
    [true, 4],
  ])('is signed anew on each repeat: %s', async (tinkRetriesSignedAnew, signatures) => {
    const settings = { ...DEFAULT_SETTINGS, tinkRetryMs: 1, tinkRetriesSignedAnew };
    let nowMs = Date.now();
    const endpoint = await create('/a');
    const all = () => [{ ...endpoint, description: null, disabled: false, createdMs: 0, updatedMs: 0 }];
    listener.status = 503;
    const [delivery] = new TinkWebhooks({ settings, now: () => (nowMs += 1000) }, { all }).emit(
      'refresh:finished',
      { context: {}, content: {} },
    );
    await eventually(() => expect(delivery?.outcome).toBe('lost'));
    expect(new Set(listener.received.map(({ headers }) => headers['x-tink-signature'])).size).toBe(
      signatures,
    );
  });
});
