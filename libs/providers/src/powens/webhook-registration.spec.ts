import { afterEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../bank-provider.js';
import { type ScriptedAnswer, type SeenRequest, startScriptedServer } from '../scripted-server.js';
import { powensEventPath, PowensWebhookRegistrar } from './webhook-registration.js';

const TOKEN = 'config-t0ken-of-this-spec';
const CREATED = {
  id: 2411,
  type: 'hmac_signature',
  name: 'acmehmac1',
  config: { secret_key: 's3cr3t' },
};
const LISTED = { authproviders: [{ id: 2411, type: 'hmac_signature', name: 'acmehmac1' }] };
const WANTED = { name: 'acmehmac1', url: 'https://hooks.example.com/webhooks/powens' };
const open: { close(): Promise<unknown> }[] = [];

const keyOf = ({ method, url }: SeenRequest): string => `${method} ${url.split('?')[0]}`;

/** Answers by `METHOD /path`, query left out; anything else is 404. */
const powensAnswering = async (answers: Record<string, ScriptedAnswer>) => {
  const server = await startScriptedServer((request) => answers[keyOf(request)] ?? { status: 404 });
  const registrar = new PowensWebhookRegistrar({
    baseUrl: `${server.origin}/2.0`,
    configToken: () => TOKEN,
    pause: async () => undefined,
  });
  open.push(registrar, server);
  return { registrar, calls: () => server.requests.map(keyOf), requests: server.requests };
};

const failure = async (promise: Promise<unknown>): Promise<ProviderError> => {
  const error: unknown = await promise.then(
    () => expect.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProviderError);
  return error as ProviderError;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

describe('an auth provider of Powens', () => {
  it('is made in the documented form first', async () => {
    const { registrar, requests } = await powensAnswering({ 'POST /2.0/webhooks/auth': { body: CREATED } });
    const made = await registrar.create(WANTED);
    expect(made).toMatchObject({ externalId: '2411', name: 'acmehmac1', url: null });
    expect(made.secret.reveal()).toBe('s3cr3t');
    expect(requests.map(({ url, body, headers }) => [url, JSON.parse(body), headers.authorization])).toEqual([
      ['/2.0/webhooks/auth', { type: 'hmac_signature', name: 'acmehmac1' }, `Bearer ${TOKEN}`],
    ]);
  });

  it.each([400, 404, 405, 415, 500])('is made in the form seen live after %i', async (status) => {
    const { registrar, requests } = await powensAnswering({
      'POST /2.0/webhooks/auth': { status },
      'POST /webhooks/auth': { body: CREATED },
    });
    expect((await registrar.create(WANTED)).secret.reveal()).toBe('s3cr3t');
    expect(requests.at(-1)).toMatchObject({
      url: '/webhooks/auth?type=hmac_signature&name=acmehmac1',
      body: '',
    });
  });

  it.each([401, 403])('is refused with the name of the token that is wrong (%i)', async (status) => {
    const { registrar, calls } = await powensAnswering({ 'POST /2.0/webhooks/auth': { status } });
    const error = await failure(registrar.create(WANTED));
    expect(error.message).toMatch(/POWENS_CONFIG_TOKEN .* console/);
    expect(error.message).not.toContain(TOKEN);
    expect(calls()).toHaveLength(1);
  });

  it.each([
    ['the connection is cut', { cut: true }],
    ['the answer is no JSON', { body: '<html>' }],
    ['the answer has no secret', { body: { id: 2411 } }],
  ])('is removed again when its secret does not arrive: %s', async (_, answer) => {
    const { registrar, calls } = await powensAnswering({
      'POST /2.0/webhooks/auth': answer,
      'GET /2.0/webhooks/auth': { body: LISTED },
      'DELETE /2.0/webhooks/auth/2411': { status: 204, body: '' },
    });
    const error = await failure(registrar.create(WANTED));
    expect(error.code).toBe('powens.webhook-secret-lost');
    expect(error.message).toMatch(/removed again. Run the command again/);
    expect(calls().filter((call) => !call.startsWith('GET'))).toEqual([
      'POST /2.0/webhooks/auth',
      'DELETE /2.0/webhooks/auth/2411',
    ]);
  });

  it('that can be neither known nor removed is named, to be deleted by hand', async () => {
    const { registrar } = await powensAnswering({ 'POST /2.0/webhooks/auth': { cut: true } });
    expect((await failure(registrar.create(WANTED))).message).toMatch(/delete "acmehmac1" in the .* console/);
  });

  it('is listed with all others', async () => {
    const { registrar, requests } = await powensAnswering({ 'GET /webhooks/auth': { body: LISTED } });
    expect(await registrar.list()).toEqual([{ externalId: '2411', name: 'acmehmac1', url: null }]);
    expect(requests.map(({ url }) => url)).toEqual([
      '/2.0/webhooks/auth?limit=1000',
      '/webhooks/auth?limit=1000',
    ]);
  });

  it('is removed where it is, and may be gone already', async () => {
    const atRoot = await powensAnswering({ 'DELETE /webhooks/auth/2411': { status: 204, body: '' } });
    await atRoot.registrar.remove('2411');
    const gone = await powensAnswering({});
    await gone.registrar.remove('2411');
    expect(gone.calls()).toEqual(['DELETE /2.0/webhooks/auth/2411', 'DELETE /webhooks/auth/2411']);
    const refused = await powensAnswering({ 'DELETE /2.0/webhooks/auth/2411': { status: 409 } });
    expect((await failure(refused.registrar.remove('2411'))).options.status).toBe(409);
  });
});

it('an event has a path of its own', () => {
  expect(powensEventPath('CONNECTION_SYNCED')).toBe('connection-synced');
});
