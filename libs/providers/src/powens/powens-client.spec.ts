import { afterEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../bank-provider.js';
import type { CallRequest } from '../call-budget.js';
import {
  type ScriptedAnswer,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from '../scripted-server.js';
import { type PowensCall, PowensClient } from './powens-client.js';

const TOKEN = 'q7Zt/4mX+VnB2yLs8KcR0dPfGhJ6uWaE';
const SECRET = 'client-s3cr3t';
const NOW = '2026-03-14T05:00:00.000Z';
const pauses: number[] = [];
/** What the jitter throws. */
let dice = 0.5;
const open: { close(): Promise<unknown> }[] = [];

const clientOf = (server: ScriptedServer) => {
  const client = new PowensClient({
    baseUrl: `${server.origin}/2.0/`,
    clientSecret: () => SECRET,
    pause: async (ms) => pauses.push(ms),
    random: () => dice,
    clock: { now: () => NOW },
  });
  open.push(client, server);
  return client;
};

const answering = async (answer: (request: SeenRequest, nth: number) => ScriptedAnswer) => {
  const server = await startScriptedServer(answer);
  return { server, client: clientOf(server) };
};

const get: PowensCall = { method: 'GET', path: '/users/me', token: TOKEN };
const failure = (promise: Promise<unknown>): Promise<ProviderError> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ProviderError);
      return error as ProviderError;
    },
  );

afterEach(async () => {
  pauses.length = 0;
  dice = 0.5;
  await Promise.all(open.splice(0).map((each) => each.close()));
});

describe('a call', () => {
  it('carries the token, asks for JSON and keeps every digit of the answer', async () => {
    const { server, client } = await answering(() => ({
      body: '{"id":18446744073709551615,"value":-248.90}',
    }));
    expect(await client.call(get)).toEqual({ id: '18446744073709551615', value: '-248.90' });
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      url: '/2.0/users/me',
      headers: { accept: 'application/json', authorization: `Bearer ${TOKEN}` },
      body: '',
    });
  });

  it('sends a 64-bit id with all its digits', async () => {
    const { server, client } = await answering(() => ({}));
    await client.call({ method: 'POST', path: '/auth/renew', body: { id_user: 18446744073709551615n } });
    expect(server.requests[0]?.body).toBe('{"id_user":18446744073709551615}');
    expect(server.requests[0]?.headers['content-type']).toBe('application/json');
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('may have no answer body', async () => {
    const { client } = await answering(() => ({ status: 204, body: '' }));
    expect(await client.call({ ...get, method: 'DELETE' })).toBeNull();
  });

  it('gives up after its timeout', async () => {
    const server = await startScriptedServer(() => ({}));
    const client = new PowensClient({
      baseUrl: server.origin,
      clientSecret: () => SECRET,
      pause: async (ms) => pauses.push(ms),
      fetchImpl: (_, init) =>
        new Promise((__, reject) =>
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)),
        ),
    });
    open.push(client, server);
    expect(await failure(client.call({ ...get, timeoutMs: 5 }))).toMatchObject({
      kind: 'retry',
      code: 'powens.timeout',
    });
    expect(pauses).toHaveLength(2);
  });
});

describe('the API root', () => {
  it.each(['http://acme.biapi.pro/2.0', 'http://127.0.0.1.evil.test/2.0', 'ftp://127.0.0.1/'])(
    'is not %s',
    (baseUrl) => {
      expect(() => new PowensClient({ baseUrl, clientSecret: () => SECRET })).toThrow('POWENS_BASE_URL');
    },
  );

  it('is never left, because the token would go along', async () => {
    const { server, client } = await answering(() => ({}));
    const here = `${server.origin}/2.0/users/me?cursor=a%3D`;
    expect(client.follow(here)).toBe(here);
    expect(client.follow('/2.0/users/me?cursor=b')).toBe(`${server.origin}/2.0/users/me?cursor=b`);
    const codeOf = (link: string) => {
      try {
        return client.follow(link);
      } catch (error) {
        return error instanceof ProviderError ? error.code : error;
      }
    };
    const tls = server.origin.replace('http:', 'https:');
    const links = [
      'https://evil.test/2.0/x',
      `${tls}/2.0/x`,
      '//evil.test/x',
      '/\\evil.test/x',
      'http://[',
      `${server.origin}0/x`,
      server.origin.replace('//', '//name:word@') + '/2.0/x',
    ];
    expect(links.map(codeOf)).toEqual(links.map(() => 'powens.foreign-link'));
    expect(server.requests).toEqual([]);
  });

  it('does not redirect', async () => {
    const { server, client } = await answering(() => ({ status: 302, headers: { location: '/2.0/other' } }));
    expect(await failure(client.call(get))).toMatchObject({ kind: 'bug', code: 'powens.redirected' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a repetition', () => {
  const passing: [string, ScriptedAnswer][] = [
    ['502', { status: 502 }],
    ['503', { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>no</html>' }],
    ['504', { status: 504 }],
    ['a cut connection', { cut: true }],
  ];

  it.each(
    passing.flatMap(([name, answer]) =>
      (['GET', 'PUT', 'DELETE'] as const).map((method) => ({ name, answer, method })),
    ),
  )('helps $method after $name', async ({ answer, method }) => {
    const { server, client } = await answering((_, nth) => (nth < 3 ? answer : {}));
    const calls = { count: 0 };
    expect(await client.call({ ...get, method, calls })).toEqual({});
    expect(server.requests).toHaveLength(3);
    expect(calls.count).toBe(3);
    expect(pauses).toEqual([500, 2000]);
  });

  it.each([
    [0, [400, 1600]],
    [1, [600, 2400]],
  ])('comes up to a fifth earlier or later: %d', async (thrown, expected) => {
    dice = thrown;
    const { client } = await answering((_, nth) => (nth < 3 ? { status: 503 } : {}));
    await client.call(get);
    expect(pauses.map(Math.round)).toEqual(expected);
  });

  it.each(passing)('never happens to a POST after %s', async (_, answer) => {
    const { server, client } = await answering(() => answer);
    expect(await failure(client.call({ ...get, method: 'POST' }))).toMatchObject({ kind: 'retry' });
    expect(server.requests).toHaveLength(1);
  });

  it('ends after three tries, all of them counted', async () => {
    const { server, client } = await answering(() => ({ status: 503 }));
    const calls = { count: 0 };
    expect(await failure(client.call({ ...get, calls }))).toMatchObject({
      kind: 'retry',
      code: 'powens.unavailable',
    });
    expect(server.requests).toHaveLength(3);
    expect(calls.count).toBe(3);
  });

  it('is left to the caller after 500', async () => {
    const { server, client } = await answering(() => ({ status: 500, body: { code: 'bug' } }));
    expect(await failure(client.call(get))).toMatchObject({ kind: 'retry', code: 'powens.server-error' });
    expect(server.requests).toHaveLength(1);
  });

  it.each(['GET', 'POST'] as const)('waits as long as a 429 says: %s', async (method) => {
    const { client } = await answering((_, nth) =>
      nth === 1 ? { status: 429, headers: { 'retry-after': '20' } } : {},
    );
    expect(await client.call({ ...get, method })).toEqual({});
    expect(pauses).toEqual([20_000]);
  });

  it('leaves a wait beyond a minute to the caller', async () => {
    const { client } = await answering(() => ({ status: 429, headers: { 'retry-after': '61' } }));
    expect(await failure(client.call(get))).toMatchObject({
      kind: 'retry-after',
      options: { retryAfterMs: 61_000 },
    });
    expect(pauses).toEqual([]);
  });

  it('reads a date in Retry-After, and does without the header', async () => {
    const date = new Date(Date.parse(NOW) + 30_000).toUTCString();
    const { client } = await answering((_, nth) =>
      nth === 1 ? { status: 429, headers: { 'retry-after': date } } : nth === 2 ? { status: 429 } : {},
    );
    expect(await client.call(get)).toEqual({});
    expect(pauses).toEqual([30_000, 2000]);
  });

  it.each(['0', new Date(0).toUTCString(), 'soon'])(
    'is not sooner than usual, whatever Retry-After says: %s',
    async (header) => {
      const { client } = await answering((_, nth) =>
        nth === 1 ? { status: 429, headers: { 'retry-after': header } } : {},
      );
      expect(await client.call(get)).toEqual({});
      expect(pauses).toEqual([500]);
    },
  );

  it.each(['999999999', new Date('9999-12-31').toUTCString()])(
    'takes no word for longer than a day: Retry-After: %s',
    async (header) => {
      const { client } = await answering(() => ({ status: 429, headers: { 'retry-after': header } }));
      const error = await failure(client.call(get));
      expect(error).toMatchObject({ kind: 'retry-after', options: { retryAfterMs: 86_400_000 } });
    },
  );

  it.each([{ status: 429, headers: { 'retry-after': '1' } }, { status: 503 }, { cut: true }])(
    'never happens where it would create a user: %j',
    async (answer) => {
      const { server, client } = await answering(() => answer);
      await failure(client.call({ method: 'POST', path: '/auth/init', mustNotRepeat: true, body: {} }));
      expect(server.requests).toHaveLength(1);
    },
  );
});

const budgeted = async (waits: number[]) => {
  const server = await startScriptedServer(() => ({}));
  const asked: CallRequest[] = [];
  const client = new PowensClient({
    baseUrl: `${server.origin}/2.0/`,
    clientSecret: () => SECRET,
    pause: async (ms) => pauses.push(ms),
    clock: { now: () => NOW },
    budget: { take: async (request) => (asked.push(request), waits.shift() ?? 0) },
  });
  open.push(client, server);
  return { server, client, asked };
};

describe('the budget of calls', () => {
  it('is asked before each request, in the name of its connection', async () => {
    const { server, client, asked } = await budgeted([]);
    await client.call({ ...get, connection: '3107' });
    await client.call({ ...get, attended: true });
    const domain = new URL(server.origin).host;
    expect(asked).toEqual([
      { domain, connection: '3107', attended: false },
      { domain, connection: null, attended: true },
    ]);
  });

  it('is waited for, and asked again, before anything is sent', async () => {
    const { server, client } = await budgeted([40_000, 2_000]);
    expect(await client.call(get)).toEqual({});
    expect(pauses).toEqual([40_000, 2_000]);
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, Partial<PowensCall>, number[], number[]]>([
    ['a person is told', { attended: true, patienceMs: 5_000 }, [8_000], []],
    [
      'nobody waits for ever',
      {},
      Array.from({ length: 9 }, () => 60_000),
      Array.from({ length: 5 }, () => 60_000),
    ],
  ])('is spent: %s when the next call is allowed, and nothing is sent', async (_, manner, waits, waited) => {
    const retryAfterMs = waits[0] ?? 0;
    const { server, client } = await budgeted(waits);
    const error = await failure(client.call({ ...get, ...manner }));
    expect(error).toMatchObject({
      kind: 'retry-after',
      code: 'powens.budget-spent',
      options: { retryAfterMs },
      message: expect.stringContaining(new Date(Date.parse(NOW) + retryAfterMs).toISOString()),
    });
    expect(pauses).toEqual(waited);
    expect(server.requests).toEqual([]);
  });

  it('that cannot be read lets nothing through', async () => {
    const server = await startScriptedServer(() => ({}));
    const broken = { take: () => Promise.reject(new Error('the database is away')) };
    const client = new PowensClient({ baseUrl: server.origin, clientSecret: () => SECRET, budget: broken });
    open.push(client, server);
    expect(await failure(client.call(get))).toMatchObject({ kind: 'retry', code: 'powens.budget-unknown' });
    expect(server.requests).toEqual([]);
  });
});

describe('a failure', () => {
  it.each([
    [400, { code: 'missingParameter' }, 'bug', 'powens.invalid-request'],
    [
      400,
      { code: 'wrongPass', message: 'Votre mot de passe est incorrect' },
      'needs-user',
      'powens.wrong-password',
    ],
    [400, { code: 'noAccount' }, 'permanent', 'powens.no-account'],
    [409, { code: 'noAccount' }, 'permanent', 'powens.no-account'],
    [409, { code: 'tooManySync' }, 'retry', 'powens.too-many-syncs'],
    [409, { code: 'brandNew' }, 'retry', 'powens.conflict'],
    [401, { code: 'unauthorized' }, 'needs-user', 'powens.token-refused'],
    [403, { code: 'forbidden' }, 'needs-user', 'powens.token-refused'],
    [403, { code: 'connectionLocked' }, 'permanent', 'powens.connection-locked'],
    [403, { code: 'actionNeeded' }, 'needs-user', 'powens.action-needed'],
    [429, { code: 'tooManySync' }, 'retry-after', 'powens.rate-limited'],
    [404, { code: 'notFound' }, 'permanent', 'powens.not-found'],
    [405, { code: 'methodNotAllowed' }, 'bug', 'powens.invalid-request'],
    [400, { code: 'constructor' }, 'bug', 'powens.invalid-request'],
    [400, {}, 'bug', 'powens.invalid-request'],
  ])('of status %i and body %j is classified once', async (status, body, kind, code) => {
    const { client } = await answering(() => ({ status, body }));
    expect(await failure(client.call(get))).toMatchObject({ kind, code, options: { status } });
  });

  it('of our own credentials is not blamed on the person', async () => {
    const { client } = await answering(() => ({ status: 401, body: { code: 'invalid_client' } }));
    expect(await failure(client.call({ method: 'POST', path: '/auth/renew', body: {} }))).toMatchObject({
      kind: 'permanent',
      code: 'powens.client-refused',
    });
  });

  it('says what was asked, what was answered and what to do, and holds no secret', async () => {
    const { client } = await answering(() => ({
      status: 400,
      body: {
        code: 'invalidValue',
        description: `Bad value, see https://x.test/?code=abc and ${TOKEN} or ${SECRET}`,
        request_id: '5f20c9af',
      },
    }));
    const error = await failure(client.call({ ...get, path: '/users/me/connections/3107?state=hidden' }));
    expect(error.message).toBe(
      'Powens answered 400 to GET /users/me/connections/… (code invalidValue; request 5f20c9af; ' +
        'Bad value, see [link] and […] or […]). The request was not understood; please report it.',
    );
  });

  it('may come as a page of a proxy', async () => {
    const { client } = await answering(() => ({
      status: 503,
      body: '<html><h1>Service unavailable</h1><p>CloudFront</p></html>',
    }));
    const error = await failure(client.call(get));
    expect(error.message).toContain('Powens answered 503 to GET /users/me (Service unavailable CloudFront).');
  });

  it('is an answer that is no JSON', async () => {
    const { client } = await answering(() => ({ body: `{"auth_token":"${TOKEN}"` }));
    const error = await failure(client.call(get));
    expect(error).toMatchObject({ kind: 'retry', code: 'powens.unreadable-answer' });
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(TOKEN);
  });

  it('is a server that does not listen', async () => {
    const { server, client } = await answering(() => ({}));
    await server.close();
    expect(await failure(client.call(get))).toMatchObject({ kind: 'retry', code: 'powens.unreachable' });
  });

  it('of a call that must not be repeated tells that it may have been carried out', async () => {
    const { server, client } = await answering(() => ({ cut: true }));
    const init: PowensCall = { method: 'POST', path: '/auth/init', mustNotRepeat: true, body: {} };
    expect(await failure(client.call(init))).toMatchObject({
      kind: 'permanent',
      code: 'powens.outcome-unknown',
    });
    await server.close();
    expect(await failure(client.call(init))).toMatchObject({ kind: 'retry', code: 'powens.unreachable' });
  });

  it.each<[string, ScriptedAnswer]>([
    ['request 5f20c9af', { status: 500, body: { code: 'bug', request_id: '5f20c9af' } }],
    ['Bad gateway', { status: 502, body: '<html>Bad gateway</html>' }],
    ['504', { status: 504 }],
    ['No clear answer', { status: 200, body: '{"auth_token":"' }],
  ])(
    'that leaves open whether a user was created is no reason to create another: %s',
    async (said, answer) => {
      const { server, client } = await answering(() => answer);
      const init: PowensCall = { method: 'POST', path: '/auth/init', mustNotRepeat: true, body: {} };
      const error = await failure(client.call(init));
      expect(error).toMatchObject({ kind: 'permanent', code: 'powens.outcome-unknown' });
      expect(error.message).toContain(said);
      expect(server.requests).toHaveLength(1);
    },
  );

  it('by maintenance or a limit certainly created nobody, and may be tried again by whoever asked', async () => {
    const init: PowensCall = { method: 'POST', path: '/auth/init', mustNotRepeat: true, body: {} };
    const down = await answering(() => ({ status: 503 }));
    expect(await failure(down.client.call(init))).toMatchObject({
      kind: 'retry',
      code: 'powens.unavailable',
    });
    const busy = await answering(() => ({ status: 429, headers: { 'retry-after': '9' } }));
    expect(await failure(busy.client.call(init))).toMatchObject({ kind: 'retry-after' });
  });

  it('is a token that no header can carry, and it is not quoted', async () => {
    const { server, client } = await answering(() => ({}));
    const error = await failure(client.call({ ...get, token: 'se\ncret' }));
    expect(error).toMatchObject({ kind: 'needs-user', code: 'powens.token-refused' });
    expect(`${error.stack}`).not.toContain('cret');
    expect(server.requests).toEqual([]);
  });
});
