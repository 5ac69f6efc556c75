import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CALLBACK } from '../driving/running-sandbox.js';
import { eventually } from '../driving/sandbox-driver.js';
import type { WebhookFault } from '../settings.js';
import { signature } from '../webhooks/signature.js';
import { Situation } from '../driving/situation.js';
const situation = new Situation();
const { me, send, advance } = situation;
beforeAll(() => situation.start());
afterAll(() => situation.dispose());
beforeEach(situation.renew);

const synced = (): string[] =>
  situation.listener.received
    .filter(({ path }) => path.endsWith('connection-synced'))
    .map(({ body }) => JSON.parse(body) as { id_webhook_data: number; user: { id: number } })
    .filter((body) => body.user.id === situation.user.userId)
    .map((body) => String(body.id_webhook_data));

const visit = async (ending: string): Promise<URL | { status: number }> => {
  await send('POST', 'visits', { ending });
  return situation.sandbox.driver
    .link(situation.user, situation.iban, CALLBACK)
    .catch(() => ({ status: 400 }));
};
const connections = async (): Promise<number> =>
  (await me<{ connections: unknown[] }>('connections')).body.connections.length;

describe('webhooks', () => {
  it('come in another order, and more than once', async () => {
    await eventually(() => expect(synced()).toHaveLength(2));
    situation.listener.received.length = 0;
    await send('PATCH', 'settings', { webhooksHeld: true });
    for (let count = 0; count < 3; count++) await send('POST', `connections/${situation.connectionId}/sync`);
    expect(synced()).toEqual([]);
    const { body } = await send<{ sent: number[] }>('POST', 'webhooks/release', {
      order: 'reversed',
      times: 2,
    });
    expect(body.sent).toEqual(body.sent.toSorted((a, b) => b - a));
    expect(synced()).toEqual(body.sent.flatMap((id) => [String(id), String(id)]));
    await send('POST', 'webhooks/release', { order: [body.sent[1]] });
    expect(synced().at(-1)).toBe(String(body.sent[1]));
  });

  it('come more than once, however large they are', async () => {
    await eventually(() => expect(synced()).toHaveLength(2));
    await send('PATCH', 'settings', { webhooksHeld: true });
    await send('POST', `accounts/${situation.iban}/transactions`, { count: 200 });
    await send('POST', `connections/${situation.connectionId}/sync`);
    situation.listener.received.length = 0;
    const { body } = await send<{ sent: number[] }>('POST', 'webhooks/release', { times: 2 });
    const large = situation.listener.received.filter(({ body: { length } }) => length > 65_536);
    expect(large.map(({ path }) => path)).toEqual([
      expect.stringContaining('connection-synced'),
      expect.stringContaining('connection-synced'),
    ]);
    const [id] = body.sent;
    await send('POST', 'webhooks/release', { order: [id] });
    const { body: all } = await send<{ webhooks: { id: number; delivered: number }[] }>('GET', 'webhooks');
    expect(
      all.webhooks.filter(({ delivered }) => delivered === 0),
      'its body is gone',
    ).toEqual([]);
  });

  it.each<[WebhookFault, object]>([
    ['unsigned', { 'bi-signature': undefined, 'bi-signature-date': undefined }],
    ['hex-signature', { 'bi-signature': expect.stringMatching(/^[0-9a-f]{64}$/) }],
    ['no-date', { 'bi-signature': expect.any(String), 'bi-signature-date': undefined }],
    ['two-signatures', { 'bi-signature': expect.stringMatching(/^[\w+/]+=, [\w+/]+=$/) }],
    ['first-date', { 'bi-signature-date': '2026-03-14T11:00:00.000000Z' }],
    ['gzip', { 'content-encoding': 'gzip', 'bi-signature': expect.any(String) }],
    ['wrong-path', { 'bi-signature': expect.stringMatching(/^[\w+/]+=$/) }],
  ])('are signed wrongly: %s', async (webhookFault, headers) => {
    await send('PATCH', 'settings', { webhooksHeld: true, webhookSecret: 's3cr3t' });
    await send('POST', `connections/${situation.connectionId}/sync`);
    await advance({ hours: 3 });
    await send('PATCH', 'settings', { webhookFault });
    situation.listener.received.length = 0;
    const { body } = await send<{ sent: number[] }>('POST', 'webhooks/release', {});
    const [first] = situation.listener.received;
    expect(body.sent.length).toBeGreaterThan(0);
    expect(Object.fromEntries(Object.keys(headers).map((name) => [name, first?.headers[name]]))).toEqual(
      headers,
    );
    const date = String(first?.headers['bi-signature-date'] ?? '');
    const genuine = signature('s3cr3t', first?.path ?? '', date, first?.body ?? '');
    expect(first?.headers['bi-signature'] === genuine).toBe(webhookFault === 'first-date');
  });

  it('come days late', async () => {
    await eventually(() => expect(synced()).toHaveLength(2));
    situation.listener.received.length = 0;
    await send('PATCH', 'settings', { webhooksLateMs: 2 * 86_400_000 });
    await send('POST', `connections/${situation.connectionId}/sync`);
    await send('PATCH', 'settings', { webhooksLateMs: 0 });
    await send('POST', `connections/${situation.connectionId}/sync`);
    await eventually(() => expect(synced()).toHaveLength(1));
    await advance({ days: 2 });
    const [first = ''] = synced();
    await eventually(() => expect(synced().some((id) => Number(id) < Number(first))).toBe(true));
  });
});

describe('visits of the hosted pages', () => {
  it.each(['tos_declined', 'server_error', 'session_expired', 'brand_new_error'])(
    'end with %s',
    async (ending) => {
      const back = (await visit(ending)) as URL;
      expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: ending, state: 'st_1' });
      expect(await connections()).toBe(1);
    },
  );

  it.each([
    ['tab-closed', undefined],
    ['empty-callback', '?connection_id=&state=st_1'],
    ['other-state', expect.stringMatching(/^\?connection_id=\d+&state=st_1-other$/)],
    ['no-state', expect.stringMatching(/^\?connection_id=\d+$/)],
  ])('link the bank, but the callback is odd: %s', async (ending, search) => {
    const back = await visit(ending);
    expect(back instanceof URL ? back.search : undefined).toEqual(search);
    expect(await connections()).toBe(2);
  });
});

it.each([
  ['accounts', { iban: 'FR7699998000010000000010174' }],
  ['connections/{connection}/accounts', { iban: 'FR7699998000010000000010174' }],
  ['users/{user}/connections', { ibans: ['FR7699998000010000000010174'] }],
])('opens no account that a client would refuse: %s', async (path, body) => {
  const whole = path
    .replace('{connection}', String(situation.connectionId))
    .replace('{user}', String(situation.user.userId));
  expect(await send('POST', whole, body)).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('with the right ones it is FR6199998000010000000010174') },
  });
});

it('says of a scenario that is loaded already that it is', async () => {
  const iban = 'FR7699998000010000000773391';
  const scenario = { name: 'twice', accounts: [{ ref: 'main', iban }], days: [] };
  expect((await send('POST', 'scenarios', { scenario })).status).toBe(200);
  expect(await send('POST', 'scenarios', { scenario })).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining(`Account ${iban} is open already: scenario "twice" is loaded.`) },
  });
});

it('says in words what is wrong with a call', async () => {
  const answers = [
    await send('PATCH', 'settings', { timestampStyle: 'roman' }),
    await send('PATCH', 'settings', { webhooksPaused: 'yes' }),
    await send('PATCH', 'settings', { webhookFault: 'odd' }),
    await send('PUT', 'clock', { now: 'tomorrow' }),
    await send('PUT', 'clock', { mode: 'backwards' }),
    await advance({}),
    await advance({ weeks: 1 }),
    await advance({ hours: -1 }),
    await advance({ to: '2020-01-01' }),
    ...(await Promise.all(
      ['2026-02-30 06:00', '2026-13-45 06:00', '2026-03-01 25:00'].map((now) =>
        send('PUT', 'clock', { now }),
      ),
    )),
    await advance({ to: '2026-04-31' }),
    await advance({ days: 1e12 }),
    ...(await Promise.all(
      [
        { date: '2026-02-30', value: 1 },
        { date: '2026-03-01', value: 1, rdate: '2026-02-30' },
        { date: '2026-03-01', value: 1, vdate: 'soon' },
        { date: '2026-03-01', value: 1, datetime: '2026-02-30 06:00:00' },
      ].map((row) => send('POST', `accounts/${situation.iban}/transactions`, { rows: [row] })),
    )),
    ...(await Promise.all(
      [{ expiresInHours: 1e15 }, { lastUpdate: '2026-02-30 06:00:00' }].map((change) =>
        send('PATCH', `connections/${situation.connectionId}`, change),
      ),
    )),
    await send('POST', 'accounts', { iban: 'FR7699998000010000000773391', days: 1e9 }),
    await send('POST', 'scenarios', { name: 'x' }),
    await send('GET', 'scenarios/none'),
    await send('POST', 'visits', { ending: '<b>' }),
    await send('POST', 'webhooks/release', { order: 'sideways' }),
    await send('POST', `connections/${situation.connectionId}/recreate-accounts`, { old: 'eaten' }),
  ];
  expect(
    answers.map(({ status, body }) => [status, String((body as { error?: string }).error).length > 20]),
  ).toEqual(answers.map(() => [400, true]));
});
