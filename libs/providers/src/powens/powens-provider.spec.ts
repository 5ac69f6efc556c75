import { afterEach, describe, expect, it } from 'vitest';
import { type LinkRequest, type ProviderAccess, ProviderError } from '../bank-provider.js';
import {
  type ScriptedAnswer,
  type ScriptedServer,
  type SeenRequest,
  startScriptedServer,
} from '../scripted-server.js';
import { fixtureBytes } from './fixtures.js';
import { PowensProvider } from './powens-provider.js';

const IBAN = 'FR7699998000010000000452127';
const ACCESS: ProviderAccess = {
  accessToken: 'tok+en/1=',
  providerUserId: '4021',
  providerConnectionId: '3107',
};
const NEW: ProviderAccess = { ...ACCESS, providerConnectionId: null };
const recorded = (name: string) => ({ body: new TextDecoder().decode(fixtureBytes(name)) });
const open: { close(): Promise<unknown> }[] = [];

const providerOn = (server: ScriptedServer) => {
  const provider = new PowensProvider({
    baseUrl: `${server.origin}/2.0`,
    webviewUrl: 'https://webview.powens.com/',
    clientId: '55120934',
    clientSecret: () => 'client-s3cr3t',
    domain: 'acme-sandbox.biapi.pro',
    clock: { now: () => '2026-03-14T05:00:00.000Z' },
    pause: async () => undefined,
  });
  open.push(provider, server);
  return provider;
};

const answering = async (
  routes: Record<string, ScriptedAnswer | ((request: SeenRequest) => ScriptedAnswer)>,
) => {
  const server = await startScriptedServer((request) => {
    const route = routes[`${request.method} ${request.url}`];
    return typeof route === 'function'
      ? route(request)
      : (route ?? { status: 404, body: { code: 'notFound' } });
  });
  return { server, provider: providerOn(server) };
};

afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

const CODE = { body: { code: 'Lw9+cT2/x', type: 'temporary', access: 'single', expires_in: 1800 } };
const INIT = {
  body: '{"auth_token":"q7Zt/4mX+","type":"permanent","id_user":9007199254740993,"expires_in":null}',
};
const link = (changes: Partial<LinkRequest> = {}): LinkRequest => ({
  access: null,
  state: 'st_8f1c2a',
  redirectUri: 'https://app.example.test/bank/callback',
  iban: IBAN,
  language: 'fr',
  ...changes,
});

describe('starting a link', () => {
  it('creates a permanent user and sends the person to the webview with a single-use code, everything encoded', async () => {
    const { server, provider } = await answering({
      'POST /2.0/auth/init': INIT,
      'GET /2.0/auth/token/code?type=singleAccess': CODE,
    });
    const session = await provider.startLink(link());
    expect(session.access).toEqual({
      accessToken: 'q7Zt/4mX+',
      providerUserId: '9007199254740993',
      providerConnectionId: null,
    });
    expect(session.expiresAt).toBe('2026-03-14T05:30:00.000Z');
    expect(session.url).toBe(
      'https://webview.powens.com/fr/connect?domain=acme-sandbox.biapi.pro&client_id=55120934' +
        '&redirect_uri=https%3A%2F%2Fapp.example.test%2Fbank%2Fcallback&code=Lw9%2BcT2%2Fx&state=st_8f1c2a' +
        `&account_ibans=${IBAN}&connector_capabilities=bank&max_connections=1`,
    );
    expect(server.requests[0]?.body).toBe('{"client_id":"55120934","client_secret":"client-s3cr3t"}');
    expect(server.requests[1]?.headers.authorization).toBe('Bearer q7Zt/4mX+');
  });

  it('lives half an hour when Powens does not say, or not in seconds', async () => {
    const { provider } = await answering({
      'GET /2.0/auth/token/code?type=singleAccess': { body: { code: 'c', expires_in: 'soon' } },
    });
    expect((await provider.startLink(link({ access: NEW }))).expiresAt).toBe('2026-03-14T05:30:00.000Z');
  });

  it('of a known user creates nobody', async () => {
    const { server, provider } = await answering({ 'GET /2.0/auth/token/code?type=singleAccess': CODE });
    const session = await provider.startLink(link({ access: NEW, language: 'en' }));
    expect(session.url).toContain('/en/connect?');
    expect(session.access).toEqual(NEW);
    expect(server.requests).toHaveLength(1);
  });

  it('of an existing connection repairs it', async () => {
    const { provider } = await answering({ 'GET /2.0/auth/token/code?type=singleAccess': CODE });
    const { url } = await provider.startLink(link({ access: ACCESS }));
    expect(url).toContain('/fr/reconnect?');
    expect(new URL(url).searchParams.get('connection_id')).toBe('3107');
    expect(new URL(url).searchParams.has('account_ibans')).toBe(false);
  });

  it.each([401, 403])('renews a dead token (%i) once, and hands the new one back', async (status) => {
    const { server, provider } = await answering({
      'GET /2.0/auth/token/code?type=singleAccess': ({ headers }) =>
        headers.authorization === 'Bearer new' ? CODE : { status, body: { code: 'unauthorized' } },
      'POST /2.0/auth/renew': { body: { access_token: 'new', token_type: 'Bearer' } },
    });
    const session = await provider.startLink(link({ access: ACCESS }));
    expect(session.access).toEqual({ ...ACCESS, accessToken: 'new' });
    expect(server.requests).toHaveLength(3);
  });

  it('gives up when the renewed token is dead as well', async () => {
    const { server, provider } = await answering({
      'GET /2.0/auth/token/code?type=singleAccess': { status: 401 },
      'POST /2.0/auth/renew': { body: { access_token: 'new', token_type: 'Bearer' } },
    });
    await expect(provider.startLink(link({ access: ACCESS }))).rejects.toMatchObject({
      code: 'powens.token-refused',
    });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
  });

  it('that fails after the user was made takes the user back', async () => {
    const { server, provider } = await answering({
      'POST /2.0/auth/init': INIT,
      'GET /2.0/auth/token/code?type=singleAccess': { status: 500, body: { code: 'bug' } },
      'DELETE /2.0/users/me': { status: 204, body: '' },
    });
    await expect(provider.startLink(link())).rejects.toMatchObject({ code: 'powens.server-error' });
    expect(server.requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/2.0/users/me' });
  });

  it('does not create a second user when the answer got lost', async () => {
    const { server, provider } = await answering({ 'POST /2.0/auth/init': { cut: true } });
    await expect(provider.startLink(link())).rejects.toMatchObject({ code: 'powens.outcome-unknown' });
    expect(server.requests).toHaveLength(1);
  });

  it('tells a person of a long wait instead of sitting it out', async () => {
    const { server, provider } = await answering({
      'GET /2.0/auth/token/code?type=singleAccess': { status: 429, headers: { 'retry-after': '20' } },
    });
    await expect(provider.startLink(link({ access: NEW }))).rejects.toMatchObject({
      kind: 'retry-after',
      options: { retryAfterMs: 20_000 },
    });
    expect(server.requests).toHaveLength(1);
  });

  it('refuses a redirect address with a query before anything is created', async () => {
    const { server, provider } = await answering({});
    const redirectUri = 'https://app.example.test/cb?x=1';
    await expect(provider.startLink(link({ redirectUri }))).rejects.toMatchObject({
      code: 'powens.redirect-uri',
    });
    expect(server.requests).toEqual([]);
  });
});

describe('the callback', () => {
  const list = { 'GET /2.0/users/me/connections?expand=connector,sources': recorded('connections.json') };

  it.each([
    [{ connection_id: '3107', state: 'x' }, ['3107']],
    [{ connection_id: '3107', connection_ids: '3107,3108' }, ['3107', '3108']],
    [{ connection_ids: ' 3108 ,,x,../4' }, ['3108']],
  ])('%j names what was linked', async (parameters, ids) => {
    const { provider } = await answering({});
    expect(await provider.completeLink(NEW, parameters)).toEqual({
      kind: 'linked',
      providerConnectionIds: ids,
      access: { ...NEW, providerConnectionId: ids[0] },
    });
  });

  it.each([
    [{ error: 'access_denied', error_description: 'User cancelled' }, 'access_denied', 'user'],
    [{ error: 'tos_declined' }, 'tos_declined', 'user'],
    [{ error: 'server_error' }, 'server_error', 'provider'],
    [{ error: '<Brand New>' }, 'brandnew', 'provider'],
  ])('%j says who refused', async (parameters, code, by) => {
    const { provider } = await answering({});
    expect(await provider.completeLink(NEW, parameters)).toEqual({ kind: 'refused', code, by });
  });

  it.each<Record<string, string>>([{}, { connection_id: '' }, { connection_id: 'undefined' }])(
    '%j asks Powens',
    async (parameters) => {
      const { provider } = await answering(list);
      expect(await provider.completeLink(NEW, parameters)).toMatchObject({
        kind: 'linked',
        providerConnectionIds: ['3110', '3109'],
        access: { providerConnectionId: '3110' },
      });
    },
  );

  it('looks with a renewed token where the stored one is dead', async () => {
    const [[path, found] = ['', {}]] = Object.entries(list);
    const { provider } = await answering({
      [path]: ({ headers }) => (headers.authorization === 'Bearer new' ? found : { status: 401 }),
      'POST /2.0/auth/renew': { body: { access_token: 'new', token_type: 'Bearer' } },
    });
    expect(await provider.completeLink(NEW, {})).toMatchObject({
      kind: 'linked',
      access: { accessToken: 'new' },
    });
  });

  it('of a repair, which names nothing, keeps the connection', async () => {
    const { provider } = await answering(list);
    const access = { ...ACCESS, providerConnectionId: '3109' };
    expect(await provider.completeLink(access, { state: 'x' })).toMatchObject({ kind: 'linked', access });
  });

  it('without any connection to be found was abandoned by the person', async () => {
    const { provider } = await answering({
      'GET /2.0/users/me/connections?expand=connector,sources': { body: { connections: [], total: 0 } },
    });
    expect(await provider.completeLink(NEW, {})).toEqual({
      kind: 'refused',
      code: 'no_connection',
      by: 'user',
    });
  });
});

describe('looking', () => {
  it('describes one connection with its accounts, shared or not', async () => {
    const { provider } = await answering({
      'GET /2.0/users/me/connections/3107?expand=connector,sources': recorded('connection.json'),
      'GET /2.0/users/me/connections/3107/accounts?all=': recorded('accounts.json'),
    });
    const calls = { count: 0 };
    const snapshot = await provider.describe(ACCESS, calls);
    expect(calls.count).toBe(2);
    expect(snapshot).toMatchObject({ providerConnectionId: '3107', health: { kind: 'healthy' } });
    expect(snapshot.accounts.map((account) => account.status)).toEqual([
      'shared',
      'shared',
      'not-shared',
      'vanished',
    ]);
  });

  it('lists every connection with its own accounts only', async () => {
    const { provider } = await answering({
      'GET /2.0/users/me/connections?expand=connector,sources': {
        body: { connections: [{ id: 3107 }, { id: 3110 }] },
      },
      'GET /2.0/users/me/accounts?all=': recorded('accounts.json'),
    });
    const found = await provider.listConnections(ACCESS);
    expect(found.map((each) => [each.providerConnectionId, each.accounts.length])).toEqual([
      ['3107', 4],
      ['3110', 0],
    ]);
  });

  it.each([
    { body: [] },
    { body: { accounts: [{ name: 'no id' }] } },
    { body: { accounts: [null] } },
    { body: { accounts: null } },
  ])('does not pass over an answer that it cannot read: %j', async (answer) => {
    const { provider } = await answering({
      'GET /2.0/users/me/connections/3107?expand=connector,sources': recorded('connection.json'),
      'GET /2.0/users/me/connections/3107/accounts?all=': answer,
    });
    await expect(provider.describe(ACCESS)).rejects.toMatchObject({
      kind: 'bug',
      code: 'powens.unreadable-answer',
    });
  });

  const ACCOUNTS = '/2.0/users/me/connections/3107/accounts?all=';
  const accountsPaged = (pages: Record<string, object>) =>
    answering({
      'GET /2.0/users/me/connections/3107?expand=connector,sources': recorded('connection.json'),
      ...Object.fromEntries(
        Object.entries(pages).map(([more, body]) => [`GET ${ACCOUNTS}${more}`, { body }]),
      ),
    });
  const [ONE, TWO, THREE] = [{ id: 1 }, { id: 2 }, { id: 3 }];

  it.each<[string, Record<string, object>, string[]]>([
    [
      'in pages',
      { '': { accounts: [ONE, TWO], total: 3 }, '&offset=2': { accounts: [THREE], total: 3 } },
      ['1', '2', '3'],
    ],
    [
      'in pages that overlap, since one was found meanwhile',
      {
        '': { accounts: [ONE, TWO], total: 3 },
        '&offset=2': { accounts: [TWO, THREE], total: 4 },
        '&offset=3': { accounts: [], total: 4 },
      },
      ['1', '2', '3'],
    ],
    [
      'at once, by a server that knows no offset',
      { '': { accounts: [ONE], total: 9 }, '&offset=1': { accounts: [ONE], total: 9 } },
      ['1'],
    ],
    ['at once, without a total', { '': { accounts: [ONE, TWO] } }, ['1', '2']],
    ['twice', { '': { accounts: [ONE, ONE], total: 1 } }, ['1']],
  ])('has all accounts that are shown %s', async (_, pages, ids) => {
    const { server, provider } = await accountsPaged(pages);
    const { accounts } = await provider.describe(ACCESS);
    expect(accounts.map(({ providerAccountId }) => providerAccountId)).toEqual(ids);
    expect(server.requests).toHaveLength(1 + Object.keys(pages).length);
  });

  it('fails with a later page of its accounts, rather than to take them for gone', async () => {
    const { provider } = await accountsPaged({
      '': { accounts: [ONE, TWO], total: 3 },
      '&offset=2': { total: 3 },
    });
    await expect(provider.describe(ACCESS)).rejects.toMatchObject({ code: 'powens.unreadable-answer' });
  });

  it('needs a link', async () => {
    const { provider } = await answering({});
    await expect(provider.describe(NEW)).rejects.toMatchObject({
      kind: 'needs-user',
      code: 'powens.not-linked',
    });
  });
});

describe('renewing', () => {
  it('gives a new token to the same user and revokes no other', async () => {
    const { server, provider } = await answering({
      'POST /2.0/auth/renew': { body: { access_token: 'new', token_type: 'Bearer' } },
    });
    expect(await provider.renewAccess(ACCESS)).toEqual({ ...ACCESS, accessToken: 'new' });
    expect(server.requests[0]?.body).toBe(
      '{"grant_type":"client_credentials","client_id":"55120934","client_secret":"client-s3cr3t","id_user":4021,"revoke_previous":false}',
    );
  });

  it('is never asked without a user: Powens would make one', async () => {
    const { server, provider } = await answering({});
    await expect(provider.renewAccess({ ...ACCESS, providerUserId: '' })).rejects.toMatchObject({
      kind: 'needs-user',
      code: 'powens.user-id',
    });
    expect(server.requests).toEqual([]);
  });
});

describe('disconnecting', () => {
  const path = 'DELETE /2.0/users/me/connections/3107';
  const renewal = { 'POST /2.0/auth/renew': { body: { access_token: 'renewed' } } };

  it.each([
    { status: 204, body: '' },
    { status: 404, body: { code: 'notFound' } },
  ])('is done with %j', async (answer) => {
    const { provider } = await answering({ [path]: answer });
    await expect(provider.disconnect(ACCESS)).resolves.toBeUndefined();
  });

  it('with a refused token renews it: the connection may well be alive', async () => {
    const { server, provider } = await answering({
      ...renewal,
      [path]: ({ headers }) =>
        headers.authorization === 'Bearer renewed' ? { status: 204, body: '' } : { status: 401 },
    });
    await provider.disconnect(ACCESS);
    expect(server.requests.map((request) => request.method)).toEqual(['DELETE', 'POST', 'DELETE']);
  });

  it('is not called done when the renewed token is refused as well', async () => {
    const { provider } = await answering({ ...renewal, [path]: { status: 403 } });
    await expect(provider.disconnect(ACCESS)).rejects.toMatchObject({ code: 'powens.token-refused' });
  });

  it('of a user who is gone is done', async () => {
    const { provider } = await answering({
      [path]: { status: 403 },
      'POST /2.0/auth/renew': { status: 404 },
    });
    await expect(provider.disconnect(ACCESS)).resolves.toBeUndefined();
  });

  it.each([{ status: 401 }, { status: 503 }])(
    'is not called done when our own credentials are refused or nobody answers: %j',
    async (answer) => {
      const { provider } = await answering({ [path]: { status: 401 }, 'POST /2.0/auth/renew': answer });
      await expect(provider.disconnect(ACCESS)).rejects.toThrow();
    },
  );

  it('that Powens cannot carry out now is not called done', async () => {
    const { provider } = await answering({ [path]: { status: 503 } });
    await expect(provider.disconnect(ACCESS)).rejects.toMatchObject({ kind: 'retry' });
  });

  it('of what was never linked asks nobody', async () => {
    const { server, provider } = await answering({});
    await provider.disconnect(NEW);
    expect(server.requests).toEqual([]);
  });
});

const linkedTo = (...ids: readonly number[]) => ({ body: { connections: ids.map((id) => ({ id })) } });
const methods = ({ requests }: ScriptedServer) => requests.map(({ method, url }) => `${method} ${url}`);

describe('ending a user that was made for one connection', () => {
  const [list, gone] = [
    'GET /2.0/users/me/connections?expand=connector,sources',
    { status: 204, body: '' },
  ] as const;
  const deletion = 'DELETE /2.0/users/me';
  it('deletes it once Powens lists no link of it', async () => {
    const { server, provider } = await answering({ [list]: linkedTo(), [deletion]: gone });
    expect(await provider.endUser(ACCESS, 'spare')).toBe('deleted');
    expect(methods(server)).toEqual([list, deletion]);
  });

  it('leaves it alone while it has a link that is to be spared', async () => {
    const { server, provider } = await answering({ [list]: linkedTo(3108), [deletion]: gone });
    expect(await provider.endUser(ACCESS, 'spare')).toBe('in-use');
    expect(methods(server)).not.toContain(deletion);
  });

  it('ends the other links first where that is asked for, and looks again', async () => {
    let ids = [3108, 3107];
    const { server, provider } = await answering({
      [list]: () => linkedTo(...ids),
      'DELETE /2.0/users/me/connections/3108': () => {
        ids = ids.filter((id) => id !== 3108);
        return gone;
      },
      'DELETE /2.0/users/me/connections/3107': () => {
        ids = ids.filter((id) => id !== 3107);
        return gone;
      },
      [deletion]: gone,
    });
    expect(await provider.endUser(ACCESS, 'end')).toBe('deleted');
    expect(methods(server).slice(-2)).toEqual([list, deletion]);
  });

  it.each([{ body: { connections: null } }, { body: '<html>' }, { status: 503 }])(
    'deletes nothing without evidence: %j',
    async (answer) => {
      const { server, provider } = await answering({ [list]: answer, [deletion]: gone });
      await expect(provider.endUser(ACCESS, 'spare')).rejects.toBeInstanceOf(ProviderError);
      expect(methods(server)).not.toContain(deletion);
    },
  );

  it('that is gone is done', async () => {
    const { provider } = await answering({
      [list]: { status: 403 },
      'POST /2.0/auth/renew': { status: 404 },
    });
    expect(await provider.endUser(ACCESS, 'end')).toBe('deleted');
  });
});
