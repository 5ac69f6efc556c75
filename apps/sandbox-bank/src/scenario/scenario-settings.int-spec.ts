import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunningSandbox } from '../driving/running-sandbox.js';
import { type Answer, type Credentials, eventually } from '../driving/sandbox-driver.js';
import { listenForWebhooks, type WebhookListener } from '../driving/webhook-listener.js';
import { ScenarioDriver } from './scenario-driver.js';

type Body = Record<string, unknown>;

const sandbox = new RunningSandbox();
let scenarios: ScenarioDriver;
let listener: WebhookListener;

beforeAll(async () => {
  listener = await listenForWebhooks();
  await sandbox.start({ webhookUrl: listener.url });
  scenarios = new ScenarioDriver(sandbox.driver.url);
});
beforeEach(() => {
  listener.received.length = 0;
});
afterAll(async () => {
  await sandbox.dispose();
  await listener.stop();
});

interface Told {
  readonly user: Credentials;
  readonly connectionId: number;
}

/** A scenario with two accounts of three rows each, linked by somebody of its own; its days are 2026-05-04 and later. */
const tell = async (...more: string[]): Promise<Told> => {
  const rows = '[{ value: -1, wording: ONE }, { value: -2, wording: TWO }, { value: -3, wording: THREE }]';
  const { id } = await scenarios.loadYaml(
    [
      'name: with settings',
      'start: 2026-05-04 05:00',
      `accounts: [{ ref: main, rows: ${rows} }, { ref: book, type: savings, rows: ${rows} }]`,
      ...more,
    ].join('\n'),
  );
  const user = await sandbox.driver.newUser();
  const { id: connectionId } = await scenarios.link(id, user.userId);
  return { user, connectionId };
};

const me = ({ user }: Told, path: string, method = 'GET'): Promise<Answer<Body>> =>
  sandbox.driver.call<Body>(`/2.0/users/me/${path}`, { ...user, method });

const listOf = async (told: Told, path: string, list = path): Promise<Body[]> =>
  (await me(told, `${path}?limit=1000&all`)).body[list] as Body[];

const wordings = async (told: Told): Promise<string[]> =>
  (await listOf(told, 'transactions')).map((row) => String(row.original_wording));

const ascending = (a: number, b: number): number => a - b;

const connectionOf = async (told: Told): Promise<Body> =>
  (await me(told, `connections/${told.connectionId}`)).body;

const events = (): string[] => listener.received.map(({ path }) => path.split('/').at(-1) ?? '');

describe('settings of a scenario', () => {
  it('hold for those who hold its accounts, from its beginning, and until a step changes them', async () => {
    const plain = await tell('days: []');
    const odd = await tell(
      'settings: { timestampStyle: zulu, amountsAsText: true, rowsPerPage: 2, accountsPerPage: 1 }',
      'days:',
      '  - { day: 0, at: "09:00", steps: [{ settings: { timestampStyle: null, rowsPerPage: 4 } }] }',
    );
    const [row] = await listOf(plain, 'transactions');
    expect(row).toMatchObject({ last_update: '2026-05-04 05:00:00', value: expect.any(Number) });
    expect(await listOf(plain, 'transactions')).toHaveLength(6);

    const rows = await listOf(odd, 'transactions');
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      last_update: '2026-05-04T03:00:00Z',
      value: expect.stringMatching(/^-\d$/),
    });
    const { body } = await me(odd, 'accounts?all');
    expect([body.total, (body.accounts as Body[]).length]).toEqual([2, 1]);
    expect((await me(odd, 'accounts?all&offset=1')).body.accounts).toHaveLength(1);

    await scenarios.advance({ hours: 6 });
    const later = await listOf(odd, 'transactions');
    expect(later).toHaveLength(4);
    expect(later[0]).toMatchObject({
      last_update: expect.not.stringContaining('T'),
      value: expect.any(String),
    });
  });

  it('limit its own calls and refuse its own refreshes alone', async () => {
    const plain = await tell('days: []');
    const strict = await tell('settings: { rateLimitPerMinute: 3, recentSyncMs: 60000 }', 'days: []');
    const refresh = (told: Told): Promise<Answer<Body>> =>
      me(told, `connections/${told.connectionId}?psu_requested=false`, 'PUT');
    expect([(await refresh(plain)).status, (await refresh(strict)).status]).toEqual([200, 409]);
    await me(strict, 'accounts');
    await me(strict, 'accounts');
    const [refused, served] = [await me(strict, 'accounts'), await me(plain, 'accounts')];
    expect([refused.status, served.status]).toEqual([429, 200]);
    expect(refused.headers.get('retry-after')).toBe('60');
  });
});

const HALVES = 'syncHalvesApartMs: 600000';

describe('a sync in two halves', () => {
  it('is told of after the second, which bears the time of its beginning', async () => {
    const told = await tell(`settings: { syncHalves: told-after-second, ${HALVES} }`, 'days: []');
    expect(await wordings(told)).toEqual(['ONE', 'ONE']);
    expect(await connectionOf(told)).toMatchObject({ last_update: null });
    expect((await me(told, `connections/${told.connectionId}`, 'PUT')).status).toBe(409);
    expect(events()).not.toContain('connection-synced');

    const { happened } = await scenarios.advance({ minutes: 10 });
    expect(happened.map(({ what }) => what)).toEqual([
      `connection ${told.connectionId}: the second half of its sync`,
    ]);
    expect(await wordings(told)).toHaveLength(6);
    expect(await connectionOf(told)).toMatchObject({ last_update: '2026-05-04 05:10:00' });
    const rows = await listOf(told, 'transactions');
    expect(new Set(rows.map((row) => row.last_update))).toEqual(new Set(['2026-05-04 05:00:00']));
    await eventually(() => expect(events()).toContain('connection-synced'));
    const synced = listener.received.find(({ path }) => path.endsWith('connection-synced'));
    expect(synced?.body.match(/"original_wording"/g)).toHaveLength(6);
  });

  it('may be told of after the first, and come to its end after so many requests', async () => {
    const told = await tell(
      `settings: { syncHalves: told-after-first, ${HALVES}, syncHalvesApartRequests: 3 }`,
      'days: []',
    );
    expect(await wordings(told)).toEqual(['ONE', 'ONE']);
    expect(await connectionOf(told)).toMatchObject({ last_update: '2026-05-04 05:00:00' });
    await eventually(() => expect(events()).toContain('connection-synced'));
    const synced = listener.received.find(({ path }) => path.endsWith('connection-synced'));
    expect(synced?.body.match(/"original_wording"/g)).toHaveLength(2);
    expect(await wordings(told)).toHaveLength(6);
    const { body } = await sandbox.driver.call<{ webhooks: Body[] }>('/sandbox/webhooks', {});
    expect(
      body.webhooks.filter(
        ({ event, connectionId }) => event === 'CONNECTION_SYNCED' && connectionId === told.connectionId,
      ),
    ).toHaveLength(1);
  });

  it('ends before another begins, and leaves nothing out', async () => {
    const told = await tell(
      `settings: { syncHalves: told-after-second, ${HALVES} }`,
      'days:',
      '  - day: 0',
      '    at: "05:05"',
      '    steps: [{ post: { account: main, rows: [{ value: -4, wording: FOUR }] } }]',
      '  - { day: 0, at: "05:30", steps: [{ settings: { syncHalves: null } }] }',
    );
    await scenarios.advance({ minutes: 5 });
    expect((await wordings(told)).toSorted()).toEqual(['FOUR', 'ONE', 'ONE', 'THREE', 'THREE', 'TWO', 'TWO']);
    await scenarios.advance({ hours: 1 });
    expect(await wordings(told)).toHaveLength(7);
    expect(await connectionOf(told)).toMatchObject({ last_update: '2026-05-04 05:30:00' });
  });
});

it('sends also what is told in the midst of a sync, in the order in which it happens', async () => {
  const told = await tell(
    `settings: { webhookEvents: all, syncHalves: told-after-second, ${HALVES} }`,
    'days: []',
  );
  await eventually(() => expect(events()).toContain('accounts-fetched'));
  expect(events()).not.toContain('account-synced');
  await scenarios.advance({ minutes: 10 });
  await eventually(() => expect(events()).toContain('connection-synced'));
  await eventually(() => expect(events().filter((event) => event === 'account-synced')).toHaveLength(2));
  const bodies = listener.received
    .filter(({ path }) => path.endsWith('account-synced'))
    .map(({ body }) => JSON.parse(body) as Body);
  expect(bodies).toEqual(
    bodies.map(() =>
      expect.objectContaining({
        id_connection: told.connectionId,
        transactions: expect.objectContaining({ length: 3 }),
        investments: [],
      }),
    ),
  );
  const ids = (event: string): number[] =>
    listener.received
      .filter(({ path }) => path.endsWith(event))
      .map(({ body }) => (JSON.parse(body) as { id_webhook_data: number }).id_webhook_data);
  const order = [
    ...ids('accounts-fetched'),
    ...ids('account-synced').toSorted(ascending),
    ...ids('connection-synced'),
  ];
  expect(order).toEqual(order.toSorted(ascending));
});

it('lays members over connections and rows, and answers with a body of one’s own', async () => {
  const told = await tell(
    'settings: { timestampStyle: utc }',
    'days:',
    '  - day: 0',
    '    steps:',
    '      - override: { connection: true, set: { last_update: null, expire: 0000-00-00 00:00:00 }, omit: [id_user] }',
    '      - spoil: { account: main, overrides: [{ set: { id: __ID__, value: "" } }, { omit: [type] }] }',
    '      - fault: { kind: error, status: 400, own: true, body: { error: invalid_grant, request_id: 4711 } }',
    '  - day: 1',
    '    steps: [{ override: { connection: true } }, { mend: {} }, { state: { is: null, active: false } }]',
  );
  await scenarios.advance({ hours: 2 });
  const answer = await me(told, 'accounts');
  expect([answer.status, answer.body]).toEqual([400, { error: 'invalid_grant', request_id: 4711 }]);
  const connection = await connectionOf(told);
  expect(connection).toMatchObject({
    id: told.connectionId,
    last_update: null,
    expire: '0000-00-00 00:00:00',
  });
  expect(connection).not.toHaveProperty('id_user');
  const rows = await listOf(told, 'transactions');
  expect(rows).toContainEqual(expect.objectContaining({ id: expect.stringMatching(/^\d+$/), value: '' }));
  expect(rows.filter((row) => !('type' in row))).toHaveLength(1);

  // Mended at the bank, but nobody reads it any more.
  await scenarios.advance({ days: 4 });
  expect(await connectionOf(told)).toMatchObject({
    id_user: told.user.userId,
    active: false,
    last_update: '2026-05-04 04:00:00',
  });
  expect((await listOf(told, 'transactions')).filter((row) => row.value === '')).toHaveLength(1);
});
