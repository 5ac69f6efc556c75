import { afterEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../bank-provider.js';
import { type ScriptedAnswer, type SeenRequest, startScriptedServer } from '../scripted-server.js';
import { TinkWebhookRegistrar } from './webhook-registration.js';

const ENDPOINTS = '/events/v2/webhook-endpoints';
const TOKEN = { access_token: 'c1f0-opaque', token_type: 'bearer', expires_in: 1800 };
const CREATED = {
  id: '0b1c2d3e4f50416293a4b5c6d7e8f901',
  description: 'passerelle1',
  disabled: false,
  enabledEvents: ['refresh:finished'],
  url: 'https://hooks.example.com/tink',
  secret: 's3cr3t',
  createdAt: '2026-07-01T10:00:00.123456Z',
  updatedAt: '2026-07-01T10:00:00.123456Z',
};
const WANTED = { name: 'passerelle1', url: CREATED.url };
const open: { close(): Promise<unknown> }[] = [];

type Answers = Record<string, ScriptedAnswer | ((request: SeenRequest) => ScriptedAnswer)>;

const keyOf = ({ method, url }: SeenRequest): string => `${method} ${url.split('?')[0]}`;

const tinkAnswering = async (answers: Answers) => {
  const all: Answers = { 'POST /api/v1/oauth/token': { body: TOKEN }, ...answers };
  const server = await startScriptedServer((request) => {
    const answer = all[keyOf(request)] ?? { status: 404 };
    return typeof answer === 'function' ? answer(request) : answer;
  });
  const registrar = new TinkWebhookRegistrar({
    baseUrl: server.origin,
    clientId: 'app',
    clientSecret: () => 'app-s3cr3t',
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

describe('a webhook endpoint of Tink', () => {
  it('is made with all events, under a client token of the one scope that it takes', async () => {
    const { registrar, requests } = await tinkAnswering({ [`POST ${ENDPOINTS}`]: { body: CREATED } });
    const made = await registrar.create(WANTED);
    expect(made).toMatchObject({ externalId: CREATED.id, name: 'passerelle1', url: CREATED.url });
    expect(made.secret.reveal()).toBe('s3cr3t');
    const [token, create] = requests;
    expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
      client_id: 'app',
      client_secret: 'app-s3cr3t',
      grant_type: 'client_credentials',
      scope: 'webhook-endpoints',
    });
    expect(create?.headers.authorization).toBe('Bearer c1f0-opaque');
    expect(JSON.parse(create?.body ?? '')).toEqual({
      url: CREATED.url,
      description: 'passerelle1',
      disabled: true,
      enabledEvents: [
        'refresh:finished',
        'account-transactions:modified',
        'account-booked-transactions:modified',
        'account-transactions:deleted',
        'account:created',
        'account:updated',
      ],
    });
  });

  it('gets events once it is activated', async () => {
    const { registrar, requests } = await tinkAnswering({ [`PATCH ${ENDPOINTS}/${CREATED.id}`]: {} });
    await registrar.activate(CREATED.id);
    expect(JSON.parse(requests.at(-1)?.body ?? '')).toEqual({ webhookEndpoint: { disabled: false } });
  });

  it('exists already under this address: said, and not made again', async () => {
    const { registrar, calls } = await tinkAnswering({ [`POST ${ENDPOINTS}`]: { status: 409 } });
    const error = await failure(registrar.create(WANTED));
    expect([error.code, error.message]).toEqual(['tink.webhook-exists', expect.stringContaining(WANTED.url)]);
    expect(calls()).toEqual(['POST /api/v1/oauth/token', `POST ${ENDPOINTS}`]);
  });

  it.each([
    ['the connection is cut', { cut: true }],
    ['Tink answers 500', { status: 500 }],
    ['the answer has no secret', { body: { ...CREATED, secret: undefined } }],
  ])('is removed again when its secret does not arrive: %s', async (_, answer) => {
    const { registrar, calls } = await tinkAnswering({
      [`POST ${ENDPOINTS}`]: answer,
      [`GET ${ENDPOINTS}`]: { body: { webhookEndpoints: [CREATED], nextPageToken: '' } },
      [`DELETE ${ENDPOINTS}/${CREATED.id}`]: {},
    });
    expect((await failure(registrar.create(WANTED))).code).toBe('tink.webhook-secret-lost');
    expect(
      calls()
        .filter((call) => !call.startsWith('GET'))
        .slice(1),
    ).toEqual([`POST ${ENDPOINTS}`, `DELETE ${ENDPOINTS}/${CREATED.id}`]);
  });

  it('is listed over all pages, and not for ever', async () => {
    const { registrar } = await tinkAnswering({
      [`GET ${ENDPOINTS}`]: ({ url }) => ({
        body: { webhookEndpoints: [CREATED], nextPageToken: url.includes('pageToken') ? '' : 'a=b' },
      }),
    });
    expect(await registrar.list()).toHaveLength(2);
    const endless = await tinkAnswering({
      [`GET ${ENDPOINTS}`]: { body: { webhookEndpoints: [], nextPageToken: 'again' } },
    });
    expect(await endless.registrar.list()).toEqual([]);
  });

  it('may be gone already when it is removed', async () => {
    const { registrar } = await tinkAnswering({});
    await registrar.remove('0b1c');
    const refused = await tinkAnswering({ [`DELETE ${ENDPOINTS}/0b1c`]: { status: 403 } });
    expect((await failure(refused.registrar.remove('0b1c'))).code).toBe('tink.scope-missing');
  });

  it.each([
    [{ status: 401, body: { errorMessage: 'Invalid client secret app-s3cr3t' } }, /TINK_CLIENT_ID/],
    [{ status: 400, body: 'no JSON' }, /no JSON/],
    [{ status: 503, body: '' }, /later/],
    [{ body: {} }, /client token/],
  ])('needs a client token, and says what is wrong: %o', async (answer, words) => {
    const { registrar } = await tinkAnswering({ 'POST /api/v1/oauth/token': answer });
    const { message } = await failure(registrar.create(WANTED));
    expect(message).toMatch(words);
    expect(message).not.toContain('app-s3cr3t');
  });
});

it('secrets go over https, or nowhere but to this machine', () => {
  const options = { baseUrl: 'http://api.tink.com', clientId: 'app', clientSecret: () => 's' };
  expect(() => new TinkWebhookRegistrar(options)).toThrow(/TINK_BASE_URL must begin with https/);
});
