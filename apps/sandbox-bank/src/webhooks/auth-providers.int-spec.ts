import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunningSandbox } from '../driving/running-sandbox.js';
import { eventually } from '../driving/sandbox-driver.js';
import {
  listenForWebhooks,
  type ReceivedWebhook,
  type WebhookListener,
} from '../driving/webhook-listener.js';

const TOKEN = 'the config token of this spec';
const sandbox = new RunningSandbox();
let listener: WebhookListener;
let next = 0;

interface Created {
  id: number;
  type: string;
  name: string;
  config: { secret_key: string };
}

const call = <Body = Record<string, unknown>>(method: string, path: string, body?: unknown, token = TOKEN) =>
  sandbox.driver.call<Body>(path, { method, token, body });
const freshName = (): string => `hmac${(next += 1)}`;
const inQuery = (name: string): string => `/webhooks/auth?type=hmac_signature&name=${name}`;
const create = async (): Promise<Created> =>
  (await call<Created>('POST', '/2.0/webhooks/auth', { type: 'hmac_signature', name: freshName() })).body;
const names = async (query = '?limit=1000'): Promise<string[]> => {
  const { body } = await call<{ authproviders: { name: string }[] }>('GET', `/2.0/webhooks/auth${query}`);
  return body.authproviders.map(({ name }) => name);
};

const arrived = (path: string): Promise<ReceivedWebhook> =>
  eventually(() => listener.received.find((webhook) => webhook.path === path) ?? expect.fail(path));
const signedBy = ({ path, headers, body }: ReceivedWebhook, secret: string): boolean =>
  headers['bi-signature'] ===
  createHmac('sha256', secret)
    .update(`POST.${path}.${String(headers['bi-signature-date'])}.${body}`)
    .digest('base64');
const subscribe = async (event: string, path: string, authProviderId: number | null): Promise<number> => {
  const url = new URL(path, listener.url).href;
  return (await call('POST', '/sandbox/webhooks/subscriptions', { event, url, authProviderId })).status;
};
const send = (event: string) => call('POST', '/sandbox/webhooks', { event, body: { id: 1 } });

beforeAll(async () => {
  listener = await listenForWebhooks();
  await sandbox.start({ configToken: TOKEN });
});
afterAll(async () => {
  await sandbox.dispose();
  await listener.stop();
});
beforeEach(async () => {
  listener.received.length = 0;
  await call('PATCH', '/sandbox/settings', { webhookAuthByQueryOnly: false, webhookSecret: null });
});

describe('/webhooks/auth', () => {
  it('tells the secret once', async () => {
    const created = await create();
    expect(created).toMatchObject({ type: 'hmac_signature', config: { secret_key: expect.any(String) } });
    const { text } = await call('GET', '/2.0/webhooks/auth?limit=1000');
    expect(text).toContain(created.name);
    expect(text).not.toContain('secret');
    await call('DELETE', `/2.0/webhooks/auth/${created.id}`);
    expect(await names()).not.toContain(created.name);
    expect((await call('DELETE', `/2.0/webhooks/auth/${created.id}`)).status).toBe(404);
  });

  it('takes the query form at the root of the domain, and only that on demand', async () => {
    expect((await call('POST', inQuery(freshName()))).status).toBe(200);
    await call('PATCH', '/sandbox/settings', { webhookAuthByQueryOnly: true });
    const json = { type: 'hmac_signature', name: freshName() };
    expect((await call('POST', '/2.0/webhooks/auth', json)).status).toBe(404);
    expect((await call('POST', '/webhooks/auth', json)).body).toMatchObject({ code: 'missingParameter' });
    expect((await call('POST', inQuery(freshName()))).status).toBe(200);
  });

  it.each(['a-name-with-dashes', 'aNameThatIsLongerThanTwentyCharacters', 'taken'])(
    'has a data error for the name %s',
    async (name) => {
      const body = { type: 'hmac_signature', name };
      if (name === 'taken') await call('POST', '/2.0/webhooks/auth', body);
      const refused = await call('POST', '/2.0/webhooks/auth', body);
      expect([refused.status, refused.body.code]).toEqual([500, 'dataError']);
    },
  );

  it('is for the config token', async () => {
    const user = await sandbox.driver.newUser();
    expect((await call('GET', '/2.0/webhooks/auth', undefined, 'another')).status).toBe(401);
    expect((await call('GET', '/2.0/webhooks/auth', undefined, user.token)).status).toBe(403);
  });

  it('lists few unless more are asked for', async () => {
    for (let made = 0; made < 26; made += 1) await create();
    expect(await names('')).toHaveLength(25);
    expect((await names()).length).toBeGreaterThan(25);
  });
});

describe('a webhook of one event', () => {
  it('goes to its own URL, signed by its auth provider', async () => {
    const { id, config } = await create();
    await subscribe('USER_DELETED', '/own/user-deleted', id);
    await send('USER_DELETED');
    expect(signedBy(await arrived('/own/user-deleted'), config.secret_key)).toBe(true);
    await send('CONNECTION_DELETED');
    expect(listener.received).toHaveLength(1);
  });

  it('is signed by another one once it is associated with it, and as the settings say when that is deleted', async () => {
    const [first, second] = [await create(), await create()];
    await subscribe('USER_DELETED', '/a', first.id);
    await subscribe('USER_DELETED', '/b', second.id);
    await send('USER_DELETED');
    const webhook = await arrived('/b');
    expect(signedBy(webhook, second.config.secret_key)).toBe(true);
    expect(signedBy(webhook, first.config.secret_key)).toBe(false);
    await call('PATCH', '/sandbox/settings', { webhookSecret: 's3cr3t' });
    await call('DELETE', `/2.0/webhooks/auth/${second.id}`);
    listener.received.length = 0;
    await send('USER_DELETED');
    expect(signedBy(await arrived('/b'), 's3cr3t')).toBe(true);
  });

  it('needs an event, an address and an auth provider that exists', async () => {
    expect(await subscribe('user-deleted', '/a', null)).toBe(400);
    expect(await subscribe('USER_DELETED', '/a', 1)).toBe(400);
    const noAddress = { event: 'USER_DELETED', url: '/a' };
    expect((await call('POST', '/sandbox/webhooks/subscriptions', noAddress)).status).toBe(400);
  });
});
