import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionView } from '#client';
import { generateKey, Vault } from '#vault';
import { signLinkState } from '../apps/connections/src/link-state.js';
import { pressOnLinkPage } from '../apps/stack/src/demo/person-at-webview.js';
import {
  expectProblem,
  freshIban,
  freshTenant,
  LogReader,
  openConnection,
  openLinkAndImport,
  quietHistory,
  type Stack,
  startStack,
} from './harness/index.js';

let stack: Stack;
let log: LogReader;
/** Somebody's connection, linked and at rest. */
let linked: ConnectionView;
/** One that waits for its link. */
let pending: ConnectionView;

const ACME = { tenantId: 'acme', key: 'key-of-acme' };
const BETA = { tenantId: 'beta', key: 'key-of-beta' };

beforeAll(async () => {
  stack = await startStack({
    env: { PASSERELLE_TENANT_API_KEYS: [ACME, BETA].map(({ tenantId, key }) => `${tenantId}:${key}`).join() },
  });
  log = new LogReader(stack);
  await stack.sandbox.configure({ webhooksPaused: true });
  linked = await openLinkAndImport(stack, freshIban(), { tenantId: ACME.tenantId });
  pending = await openConnection(stack);
  await quietHistory(stack, linked.id);
});
afterAll(async () => {
  await log?.close();
  await stack?.dispose();
});

const json = (
  body: unknown,
): { readonly method: string; readonly headers: Record<string, string>; readonly body: string } => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const opening = (changes: object = {}): Record<string, unknown> => ({
  tenantId: freshTenant(),
  companyId: 'company-1',
  accountId: 'account-1',
  institutionId: 'BNPAFRPP',
  iban: freshIban(),
  ...changes,
});

/** The same account number under check digits that are not its own. */
const misspelt = (iban: string): string =>
  iban.slice(0, 2) + String((Number(iban.slice(2, 4)) + 1) % 100).padStart(2, '0') + iban.slice(4);

const unchanged = async (work: () => Promise<void>): Promise<void> => {
  const before = await log.head();
  await work();
  expect(await log.head(), 'something was written').toBe(before);
};

const callback = (query: Record<string, string>, accept = 'application/json'): Promise<Response> =>
  stack.call(`/v1/link/callback?${new URLSearchParams(query)}`, { key: null, headers: { accept } });

const stateOf = (linkUrl: string | undefined): string =>
  new URL(linkUrl ?? '').searchParams.get('state') ?? '';

describe('an opening that is not right is refused, names the field, and writes nothing', () => {
  it.each<[string, object, string, string?]>([
    ['an unknown field', { colour: 'red' }, 'colour', 'is not a known field'],
    ['no tenant', { tenantId: undefined }, 'tenantId'],
    ['an empty tenant', { tenantId: '' }, 'tenantId'],
    ['a tenant of two tokens', { tenantId: 'a.b' }, 'tenantId'],
    ['a tenant with a space', { tenantId: 'a b' }, 'tenantId'],
    ['a tenant that is a wildcard', { tenantId: '*' }, 'tenantId'],
    ['a tenant that is all', { tenantId: '>' }, 'tenantId'],
    ['a tenant beyond ASCII', { tenantId: 'société' }, 'tenantId'],
    ['a tenant of 65 characters', { tenantId: 't'.repeat(65) }, 'tenantId'],
    ['a tenant that is no whole number', { tenantId: 1.5 }, 'tenantId'],
    ['a tenant that is no number', { tenantId: true }, 'tenantId'],
    ['a number too great to be exact', { accountId: 9_007_199_254_740_992 }, 'accountId'],
    ['no company', { companyId: null }, 'companyId'],
    ['an empty account', { accountId: '' }, 'accountId'],
    ['an account that is a list', { accountId: ['1'] }, 'accountId'],
    ['no BIC', { institutionId: undefined }, 'institutionId'],
    ['a BIC of five letters', { institutionId: 'BNPAF' }, 'institutionId'],
    ['a BIC with a sign', { institutionId: 'BNPA-RPP' }, 'institutionId'],
    ['no IBAN', { iban: undefined }, 'iban'],
    ['an IBAN that is a number', { iban: 76 }, 'iban'],
    [
      'an IBAN without a shape',
      { iban: 'my account' },
      'iban',
      'is no IBAN: check the country code, the length and the characters',
    ],
    [
      'an IBAN that is too short',
      { iban: 'FR769999800001000000045212' },
      'iban',
      'is no IBAN: check the country code, the length and the characters',
    ],
    [
      'an IBAN of nowhere',
      { iban: 'XX7699998000010000000452127' },
      'iban',
      'is no IBAN: check the country code, the length and the characters',
    ],
    [
      'wrong check digits',
      { iban: misspelt('FR7699998000010000000452127') },
      'iban',
      'has wrong check digits: for this account number they are 76',
    ],
    ['another provider', { provider: 'plaid' }, 'provider'],
    ['a flag in words', { syncEnabled: 'yes' }, 'syncEnabled'],
    ['no day back', { syncDaysBack: 0 }, 'syncDaysBack'],
    ['half a day back', { syncDaysBack: 1.5 }, 'syncDaysBack'],
    ['eleven years back', { syncDaysBack: 3_651 }, 'syncDaysBack'],
    ['days in words', { syncDaysBack: '90' }, 'syncDaysBack'],
    ['credentials without a token', { credentials: {} }, 'credentials.accessToken'],
    ['an empty token', { credentials: { accessToken: '' } }, 'credentials.accessToken'],
    [
      'an unknown credential',
      { credentials: { accessToken: 'x', refreshToken: 'y' } },
      'credentials.refreshToken',
      'is not a known field',
    ],
  ])('%s', async (_, changes, field, message) => {
    await unchanged(async () => {
      const answer = await stack.call('/v1/connections', json(opening(changes)));
      const { errors = [] } = await expectProblem(answer, 400, 'request.invalid');
      expect(new Set(errors.map((error) => error.field)).size, 'a field that is right was blamed').toBe(1);
      expect(errors).toContainEqual(
        expect.objectContaining({ field, message: expect.stringContaining(message ?? '') as string }),
      );
    });
  });

  it('several at once are told at once', async () => {
    const answer = await stack.call('/v1/connections', json({ tenantId: 'a.b', colour: 'red' }));
    const { errors = [] } = await expectProblem(answer, 400, 'request.invalid');
    expect([...new Set(errors.map(({ field }) => field))].toSorted()).toEqual([
      'accountId',
      'colour',
      'companyId',
      'iban',
      'institutionId',
      'tenantId',
    ]);
  });

  it('a provider that is not configured', () =>
    unchanged(async () => {
      const answer = await stack.call('/v1/connections', json(opening({ provider: 'tink' })));
      await expectProblem(answer, 422, 'provider.not-configured');
    }));

  it('a token that the provider refuses', () =>
    unchanged(async () => {
      const answer = await stack.call(
        '/v1/connections',
        json(opening({ credentials: { accessToken: 'nonsense' } })),
      );
      const { detail } = await expectProblem(answer, 422, 'credentials.refused');
      expect(detail).not.toContain('nonsense');
    }));
});

describe('a body that cannot be read', () => {
  it.each<[string, string, string, number, string]>([
    ['broken JSON', '{"tenantId":', 'application/json', 400, 'request.invalid'],
    ['nothing', '', 'application/json', 400, 'request.invalid'],
    ['a list', '[]', 'application/json', 400, 'request.invalid'],
    ['null', 'null', 'application/json', 400, 'request.invalid'],
    ['a text', '"hello"', 'application/json', 400, 'request.invalid'],
    ['no JSON at all', '<hello/>', 'application/xml', 415, 'request.unsupported-media-type'],
    [
      'too much',
      JSON.stringify({ tenantId: 'x'.repeat(300_000) }),
      'application/json',
      413,
      'request.too-large',
    ],
  ])('%s', async (_, body, type, status, code) => {
    await unchanged(async () => {
      const answer = await stack.call('/v1/connections', {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
      await expectProblem(answer, status, code);
    });
  });
});

const nobody = randomUUID();

describe('a call that makes no sense', () => {
  it.each<[string, string, number, string]>([
    ['GET', '/v1/nowhere', 404, 'route.not-found'],
    ['PUT', '/v1/connections', 404, 'route.not-found'],
    ['GET', '/v1/connections?status=happy', 400, 'request.invalid'],
    ['GET', '/v1/connections?limit=0', 400, 'request.invalid'],
    ['GET', '/v1/connections?limit=many', 400, 'request.invalid'],
    ['GET', '/v1/connections?colour=red', 400, 'request.invalid'],
    ['GET', '/v1/connections?cursor=nonsense', 400, 'cursor.invalid'],
    ['GET', `/v1/connections/${nobody}`, 404, 'connection.not-found'],
    ['GET', '/v1/connections/7', 404, 'connection.not-found'],
    ['GET', '/v1/connections/%00', 404, 'connection.not-found'],
    ['DELETE', `/v1/connections/${nobody}`, 404, 'connection.not-found'],
    ['DELETE', '/v1/connections/7', 404, 'connection.not-found'],
    ['POST', `/v1/connections/${nobody}/link`, 404, 'connection.not-found'],
    ['POST', `/v1/connections/${nobody}/syncs`, 404, 'connection.not-found'],
    ['POST', `/v1/connections/${nobody}/syncs?wait=61`, 400, 'request.invalid'],
    ['POST', `/v1/connections/${nobody}/syncs?wait=soon`, 400, 'request.invalid'],
    ['GET', `/v1/connections/${nobody}/syncs`, 404, 'connection.not-found'],
    ['GET', `/v1/connections/${nobody}/syncs?status=happy`, 400, 'request.invalid'],
    ['GET', `/v1/connections/${nobody}/syncs?trigger=moon`, 400, 'request.invalid'],
    ['GET', `/v1/syncs/${nobody}`, 404, 'sync.not-found'],
    ['GET', '/v1/syncs/powens_7', 404, 'sync.not-found'],
    ['GET', `/v1/connections/${nobody}/transactions`, 404, 'connection.not-found'],
    ['GET', `/v1/connections/${nobody}/transactions?from=2026-02-30`, 400, 'request.invalid'],
    ['GET', `/v1/connections/${nobody}/transactions?from=2026-03-02&to=2026-03-01`, 400, 'request.invalid'],
    ['GET', `/v1/connections/${nobody}/transactions?to=yesterday`, 400, 'request.invalid'],
    ['GET', `/v1/connections/${nobody}/transactions?limit=1001`, 400, 'request.invalid'],
    ['GET', '/v1/events?tenantId=a.b', 400, 'request.invalid'],
  ])('%s %s', (method, path, status, code) =>
    unchanged(async () => {
      await expectProblem(await stack.call(path, { method }), status, code);
    }),
  );

  it.each([
    ['syncs', 'cursor.invalid'],
    ['transactions', 'cursor.invalid'],
  ])('a cursor that we did not give: %s', async (list, code) => {
    await expectProblem(await stack.call(`/v1/connections/${linked.id}/${list}?cursor=nonsense`), 400, code);
  });

  it('a sync of what is not linked yet', () =>
    unchanged(async () => {
      const answer = await stack.call(`/v1/connections/${pending.id}/syncs`, { method: 'POST' });
      await expectProblem(answer, 409, 'connection.not-linked');
    }));

  it.each<[string, object]>([
    ['an unknown setting', { colour: 'red' }],
    ['a flag in words', { syncEnabled: 'no' }],
    ['no flag', { syncEnabled: null }],
    ['no day back', { syncDaysBack: 0 }],
    ['another IBAN', { iban: freshIban() }],
  ])('a change to %s', (_, body) =>
    unchanged(async () => {
      const answer = await stack.call(`/v1/connections/${linked.id}`, { ...json(body), method: 'PATCH' });
      await expectProblem(answer, 400, 'request.invalid');
    }),
  );
});

describe('who calls', () => {
  it.each<[string, Record<string, string>]>([
    ['nobody', {}],
    ['somebody with a wrong key', { authorization: 'Bearer wrong' }],
    ['somebody with an empty key', { authorization: 'Bearer ' }],
    ['somebody with a password', { authorization: 'Basic YTpi' }],
  ])('%s is refused', (_, headers) =>
    unchanged(async () => {
      const { body, method, headers: type } = json(opening());
      const open = { body, method, key: null, headers: { ...type, ...headers } };
      await expectProblem(await stack.call('/v1/connections', open), 401, 'request.unauthorized');
      await expectProblem(
        await stack.call('/v1/events', { key: null, headers }),
        401,
        'request.unauthorized',
      );
      await expectProblem(
        await stack.call(`/v1/connections/${linked.id}`, { key: null, headers }),
        401,
        'request.unauthorized',
      );
    }),
  );

  it('a tenant sees and moves what is its own', async () => {
    const { items } = (await (await stack.call('/v1/connections', { key: ACME.key })).json()) as {
      items: ConnectionView[];
    };
    expect(items.map(({ id }) => id)).toEqual([linked.id]);
    expect((await stack.call(`/v1/connections/${linked.id}`, { key: ACME.key })).status).toBe(200);
  });

  it.each([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/link'],
    ['POST', '/syncs'],
    ['GET', '/syncs'],
    ['GET', '/transactions'],
  ])('another tenant does not even learn that it is there: %s %s', (method, path) =>
    unchanged(async () => {
      const settings = method === 'PATCH' ? json({ syncEnabled: false }) : {};
      const answer = await stack.call(`/v1/connections/${linked.id}${path}`, {
        ...settings,
        method,
        key: BETA.key,
      });
      await expectProblem(answer, 404, 'connection.not-found');
    }),
  );

  it('another tenant finds neither its runs nor its name', async () => {
    const [run] = (await stack.api.syncs(linked.id)).items;
    await expectProblem(await stack.call(`/v1/syncs/${run?.id}`, { key: BETA.key }), 404, 'sync.not-found');
    const { items } = (await (await stack.call('/v1/connections', { key: BETA.key })).json()) as {
      items: unknown[];
    };
    expect(items).toEqual([]);
    await expectProblem(
      await stack.call(`/v1/events?tenantId=${ACME.tenantId}`, { key: BETA.key }),
      403,
      'tenant.forbidden',
    );
    await unchanged(async () => {
      const answer = await stack.call('/v1/connections', {
        ...json(opening({ tenantId: ACME.tenantId })),
        key: BETA.key,
      });
      await expectProblem(answer, 403, 'tenant.forbidden');
    });
  });
});

describe('the same again', () => {
  it('a second connection for tenant, account and IBAN is refused and names the first', async () => {
    const body = opening();
    const first = (await (await stack.call('/v1/connections', json(body))).json()) as ConnectionView;
    await unchanged(async () => {
      const second = await stack.call('/v1/connections', json(body));
      expect(await expectProblem(second, 409, 'connection.already-exists')).toMatchObject({
        connectionId: first.id,
      });
    });
    const spaced = {
      ...body,
      iban: String(body['iban'])
        .replace(/(.{4})/g, '$1 ')
        .toLowerCase(),
    };
    await expectProblem(await stack.call('/v1/connections', json(spaced)), 409, 'connection.already-exists');
  });

  it('of two at the same instant exactly one wins', async () => {
    const body = opening();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => stack.call('/v1/connections', json(body))),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    const [{ id } = { id: '' }] = (await Promise.all(won.map((answer) => answer.json()))) as ConnectionView[];
    for (const lost of answers.filter(({ status }) => status !== 201)) {
      expect(await expectProblem(lost, 409, 'connection.already-exists')).toMatchObject({ connectionId: id });
    }
    const opened = (await log.stream(`connection-${id}`)).filter(({ type }) => type === 'ConnectionOpened');
    expect(opened).toHaveLength(1);
  });

  it('with the same Idempotency-Key gets the first answer, its link page included; another body is refused', async () => {
    const [body, key] = [opening({ tenantId: 17, companyId: 3, accountId: 99 }), `open-${randomUUID()}`];
    const call = (content: object): Promise<Response> => {
      const { headers, ...rest } = json(content);
      return stack.call('/v1/connections', { ...rest, headers: { ...headers, 'idempotency-key': key } });
    };
    const first = await call(body);
    expect(first.status).toBe(201);
    const answer = (await first.json()) as ConnectionView;
    expect(answer).toMatchObject({ tenantId: '17', companyId: '3', linkUrl: expect.any(String) });
    await unchanged(async () => {
      const again = await call(body);
      expect([again.status, await again.json()]).toEqual([201, answer]);
      await expectProblem(await call({ ...body, syncDaysBack: 7 }), 422, 'idempotency.key-reused');
    });
  });

  it.each([
    ['', 400],
    ['k'.repeat(201), 400],
  ])('an Idempotency-Key that is none: "%s"', async (key, status) => {
    const { headers, ...rest } = json(opening());
    const answer = await stack.call('/v1/connections', {
      ...rest,
      headers: { ...headers, 'idempotency-key': key },
    });
    await expectProblem(answer, status, 'request.invalid');
  });
});

/** As our own pages have it, but of no page that is known. */
const signedFor = (
  { id: connectionId, tenantId }: ConnectionView,
  vault = new Vault(stack.keys().encryptionKey),
): string => {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  return signLinkState(vault, { connectionId, tenantId, expiresAt });
};

describe('the way back from the bank', () => {
  it.each<[string, () => Record<string, string>]>([
    ['no state', () => ({ connection_id: '1' })],
    ['an empty state', () => ({ state: '' })],
    ['a state that is none', () => ({ state: 'nonsense' })],
    ['a state of nobody', () => ({ state: `${randomUUID()}.secret` })],
    ['a state of ours that is cut', () => ({ state: stateOf(pending.linkUrl).slice(0, -1) })],
    ['a state of ours with another secret', () => ({ state: signedFor(pending, new Vault(generateKey())) })],
    ['a state that is signed for another connection', () => ({ state: signedFor(linked) })],
    [
      'a state that is signed for another tenant',
      () => ({ state: signedFor({ ...pending, tenantId: linked.tenantId }) }),
    ],
  ])('with %s is refused', (_, query) =>
    unchanged(async () => {
      await expectProblem(await callback({ connection_id: '1', ...query() }), 400, 'link.unknown-state');
    }),
  );

  it('works once', async () => {
    const { id, linkUrl } = await openConnection(stack);
    const back = await pressOnLinkPage(linkUrl ?? '');
    const accept = { headers: { accept: 'application/json' } };
    expect((await fetch(back, accept)).status).toBe(200);
    await quietHistory(stack, id);
    await unchanged(async () => {
      await expectProblem(await fetch(back, accept), 409, 'link.state-used');
    });
  });

  it('is told to a person as a page', async () => {
    const answer = await callback({ state: 'nonsense' }, 'text/html');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain('This link is not valid');
  });

  it('after its time is refused', async () => {
    const { id, tenantId, companyId } = pending;
    const [started] = (await log.stream(`connection-${id}`)).filter(({ type }) => type === 'LinkStarted');
    const state = signedFor(pending);
    const stateHash = createHash('sha256').update(state).digest('hex');
    const past = {
      ...(started?.data as object),
      connectionId: id,
      tenantId,
      companyId,
      stateHash,
      expiresAt: '2026-01-01T00:00:00.000Z',
    };
    await log.append(`connection-${id}`, 'LinkStarted', past);
    await unchanged(async () => {
      await expectProblem(await callback({ state, connection_id: '1' }), 410, 'link.state-expired');
    });
  });

  it('of a person who cancelled changes nothing but the record of it', async () => {
    const { id, linkUrl } = await openConnection(stack);
    const back = await fetch(await pressOnLinkPage(linkUrl ?? '', 'cancel'), {
      headers: { accept: 'application/json' },
    });
    expect([back.status, await back.json()]).toMatchObject([200, { connectionId: id, outcome: 'refused' }]);
    expect(await stack.api.getConnection(id)).toMatchObject({ status: 'pending' });
    const types = (await log.stream(`connection-${id}`)).map(({ type }) => type);
    expect(types).toEqual(['ConnectionOpened', 'LinkStarted', 'LinkFailed']);
  });
});
