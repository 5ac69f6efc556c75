import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sum } from '../bank/decimal-text.js';
import { RunningSandbox } from '../driving/running-sandbox.js';
import type { Answer, Credentials } from '../driving/sandbox-driver.js';
import { listenForWebhooks } from '../driving/webhook-listener.js';
import { nameOfStep } from './play-step.js';
import { randomScenario } from './random-scenario.js';
import { ScenarioDriver, type ScenarioView, type TrueRow } from './scenario-driver.js';

const folder = join(import.meta.dirname, '../../scenarios');
/** Without IBANs of its own a story can be told more than once in one sandbox. */
const read = (file: string): string =>
  readFileSync(join(folder, file), 'utf8').replaceAll(/^ +iban: .*\n/gm, '');

const sandbox = new RunningSandbox();
let scenarios: ScenarioDriver;
beforeAll(async () => {
  await sandbox.start();
  scenarios = new ScenarioDriver(sandbox.driver.url);
});
afterAll(() => sandbox.dispose());

interface Row {
  id: number;
  id_account: number;
  date: string;
  value: number;
  original_wording: string;
  coming: boolean;
  deleted: string | null;
  last_update: string;
}

interface Page {
  transactions: Row[];
  _links: { next: { href: string } | null };
}

const played = async (id: string): Promise<ScenarioView> => {
  while (await scenarios.playNext(id));
  return scenarios.view(id);
};

const rowsOf = async (user: Credentials): Promise<Row[]> => {
  const rows: Row[] = [];
  let href: string | undefined = '/2.0/users/me/transactions?limit=1000&all';
  while (href !== undefined) {
    const { body }: Answer<Page> = await sandbox.driver.call<Page>(href, user);
    rows.push(...(body.transactions ?? []));
    href = body._links?.next?.href;
  }
  return rows;
};

const keyOf = (row: { date: string; value: string | number; coming: boolean }, wording: string): string =>
  `${row.date} ${Number(row.value)} ${row.coming} ${wording}`;
const alive = (rows: readonly TrueRow[]): TrueRow[] => rows.filter(({ deleted, bad }) => !deleted && !bad);
const booked = (view: ScenarioView, index: number): string =>
  sum(
    alive(view.accounts[index]?.transactions ?? [])
      .filter(({ coming }) => !coming)
      .map(({ value }) => value),
  );
const expectBalances = (before: ScenarioView, after: ScenarioView): void => {
  after.accounts.forEach((account, index) => {
    const opening = before.accounts[index]?.balance ?? '0';
    expect(Number(account.balance)).toBeCloseTo(
      Number(opening) + Number(booked(after, index)) - Number(booked(before, index)),
      6,
    );
  });
};

const idsOf = (rows: readonly Row[]): string[] => rows.map((row) => String(row.id)).sort();
const linesOf = (rows: readonly Row[], of: (row: Row) => unknown[]): string[] =>
  rows.map((row) => of(row).join(' ')).sort();

/** What the provider shows of the accounts that are shared equals what is alive at the bank. */
const expectProviderTellsTruth = async (id: string, user: Credentials): Promise<void> => {
  const { body } = await sandbox.driver.call<{ accounts: { id: number }[] }>('/2.0/users/me/accounts', user);
  const ids = new Set(body.accounts.map((account) => account.id));
  const told = (await rowsOf(user)).filter((row) => row.deleted === null && ids.has(row.id_account));
  const all = (await scenarios.view(id)).accounts;
  const shared = all.filter(({ accountIds }) => accountIds.some((accountId) => ids.has(accountId)));
  const truth = shared.flatMap(({ transactions }) => alive(transactions));
  const bad = new Set(
    all.flatMap(({ transactions }) =>
      transactions.filter((row) => row.bad).flatMap((row) => row.copies.map((copy) => copy.transactionId)),
    ),
  );
  const lines = told.filter((row) => !bad.has(row.id)).map((row) => keyOf(row, row.original_wording));
  expect(shared.length).toBeGreaterThan(0);
  expect(lines.sort()).toEqual(truth.map((row) => keyOf(row, row.originalWording)).sort());
};

const start = async (file: string): Promise<{ id: string; user: Credentials; before: ScenarioView }> => {
  const before = await scenarios.loadYaml(read(file));
  const user = await sandbox.driver.newUser();
  await scenarios.link(before.id, user.userId);
  return { id: before.id, user, before };
};

describe.each(readdirSync(folder).filter((file) => file !== 'shared-account.yaml'))('%s', (file) => {
  it('plays to its end, and then the provider tells what the bank holds', async () => {
    const { id, user, before } = await start(file);
    const after = await played(id);
    expect(after.played).toBe(after.of);
    await sandbox.driver.call('/sandbox/faults', { method: 'DELETE' });
    for (const connection of after.connections)
      await sandbox.driver.call(`/sandbox/connections/${connection.id}/repair`, { method: 'POST' });
    expectBalances(before, after);
    await expectProviderTellsTruth(id, user);
  });
});

describe('random scenarios', () => {
  it.each([1, 2, 3, 4])(
    'end with the provider telling what the bank holds (part %i of 4)',
    async (part) => {
      for (let seed = part * 10; seed < part * 10 + 10; seed++) {
        const scenario = randomScenario(seed);
        const before = await scenarios.load(scenario);
        const user = await sandbox.driver.newUser();
        await scenarios.link(before.id, user.userId);
        const after = await played(before.id);
        const steps = scenario.days.flatMap((day) => day.steps.map(nameOfStep));
        const isEnded = steps.includes('deleteConnection') || steps.includes('deleteUser');
        expect(after.connections.map(({ state }) => state)).toEqual(isEnded ? [] : [null]);
        expectBalances(before, after);
        if (!isEnded) await expectProviderTellsTruth(before.id, await sandbox.driver.renew(user));
        await sandbox.driver.call(`/sandbox/users/${user.userId}`, { method: 'DELETE' });
      }
    },
    120_000,
  );
});

describe('the shipped stories', () => {
  it('book announced rows in every way', async () => {
    const { id, user } = await start('pending-life.yaml');
    await scenarios.playNext(id);
    const first = await rowsOf(user);
    expect(first.map((row) => row.coming)).toEqual([true, true, true, true, true]);
    await scenarios.playNext(id);
    const second = await rowsOf(user);
    const known = new Set(first.map((row) => row.id));
    const of = (word: string): Row[] => second.filter((row) => row.original_wording.includes(word));
    expect(of('BRASSERIE').map((row) => [known.has(row.id), row.coming])).toEqual([[true, false]]);
    expect(linesOf(of('PARKING'), (row) => [known.has(row.id), row.coming, row.deleted !== null])).toEqual([
      'false false false',
      'true true true',
    ]);
    expect(of('TAXI').map((row) => [known.has(row.id), row.coming])).toEqual([[false, false]]);
    expect(linesOf(of('ESSO'), (row) => [row.value, row.deleted !== null])).toEqual([
      '-40 true',
      '-43.17 false',
    ]);
    await scenarios.playNext(id);
    expect((await rowsOf(user)).filter((row) => row.original_wording.includes('HOTEL'))).toMatchObject([
      { deleted: expect.any(String), coming: true },
    ]);
  });

  it('re-issue ids with and without a trace of the old ones', async () => {
    const { id, user } = await start('reissued-ids.yaml');
    const first = await rowsOf(user);
    await scenarios.playNext(id);
    const second = await rowsOf(user);
    expect(idsOf(second.filter((row) => row.deleted !== null))).toEqual(idsOf(first));
    expect(second.length).toBe(first.length * 2);
    await scenarios.playNext(id);
    await scenarios.playNext(id);
    const silent = await rowsOf(user);
    expect(silent.filter((row) => row.deleted === null)).toHaveLength(first.length + 1);
    const before = new Set(second.map((row) => row.id));
    expect(silent.filter((row) => row.deleted === null && before.has(row.id))).toEqual([]);
  });

  it('let a consent end by itself, on its day', async () => {
    const { id } = await start('consent-expiry.yaml');
    const stateOn = async (to: string): Promise<(string | null)[]> => {
      await scenarios.advance({ to });
      return (await scenarios.view(id)).connections.map(({ state }) => state);
    };
    expect(await stateOn('2026-10-02 05:59')).toEqual([null]);
    expect(await stateOn('2026-10-02 06:00')).toEqual(['SCARequired']);
    expect(await stateOn('2026-10-06 11:00')).toEqual([null]);
    const { body } = await sandbox.driver.call<{
      connections: { last_update: string; next_try: string | null; expire: string }[];
    }>('/sandbox/connections');
    expect(body.connections.at(-1)?.expire).toBe('2027-04-04 10:00:00');
    await scenarios.advance({ to: '2026-10-20 00:00' });
    const stalled = await sandbox.driver.call<typeof body>('/sandbox/connections');
    expect(stalled.body.connections.at(-1)).toMatchObject({
      state: null,
      next_try: null,
      last_update: '2026-10-11 06:00:00',
    });
  });

  it('run through one hour twice and leave one out', async () => {
    const { id, user } = await start('dst-nights.yaml');
    await played(id);
    const times = new Map((await rowsOf(user)).map((row) => [row.original_wording, row.last_update]));
    expect([times.get('BEFORE THE GAP'), times.get('AFTER THE GAP')]).toEqual([
      '2026-03-29 01:30:00',
      '2026-03-29 03:30:00',
    ]);
    expect([times.get('FIRST 02h40'), times.get('SECOND 02h20')]).toEqual([
      '2026-10-25 02:20:00',
      '2026-10-25 02:20:00',
    ]);
  });

  it('are one account in two connections, until one goes', async () => {
    const { id, user } = await start('shared-account.yaml');
    const other = await sandbox.driver.newUser();
    await scenarios.link(id, other.userId);
    await scenarios.link(id, user.userId);
    await scenarios.playNext(id);
    expect((await rowsOf(user)).length).toBe(54);
    expect((await rowsOf(other)).length).toBe(27);
    await scenarios.playNext(id);
    expect((await sandbox.driver.call('/2.0/users/me', user)).status).toBe(401);
    await scenarios.playNext(id);
    expect((await scenarios.view(id)).connections).toEqual([]);
  });
});

const run = async (seed: number): Promise<string[]> => {
  const fresh = new RunningSandbox();
  const listener = await listenForWebhooks();
  const texts: string[] = [];
  try {
    await fresh.start(
      { webhookUrl: listener.url, flushEveryMs: 60_000 },
      { clockMs: Date.parse('2026-03-01T05:00:00Z') },
    );
    const note = (text: string): void => {
      // When a webhook arrives is up to the machine, and `last_push` tells of it.
      texts.push(text.replaceAll(fresh.driver.url, 'http://sandbox').replaceAll(/"last_push":[^,]*,/g, ''));
    };
    const driver = new ScenarioDriver(fresh.driver.url);
    const user = await fresh.driver.newUser();
    note(JSON.stringify(user));
    note(await fresh.driver.code(user.token));
    const { id } = await driver.load(randomScenario(seed, { days: 12 }));
    await driver.link(id, user.userId);
    await fresh.driver.link(user, 'FR7612345678901234567890123', 'http://127.0.0.1:9/callback');
    do
      for (const path of [
        'connections?expand=sources',
        'accounts?all',
        'transactions?limit=30&all',
        'nothing',
      ])
        note(
          await fresh.driver
            .call(`/2.0/users/me/${path}`, user)
            .then(({ text, status }) => `${status} ${text}`, String),
        );
    while (await driver.playNext(id));
    await fresh.driver.call('/sandbox/faults', { method: 'DELETE' });
    note(JSON.stringify(await driver.view(id)));
    const { body } = await fresh.driver.call<{ webhooks: { id: number; event: string; body: string }[] }>(
      '/sandbox/webhooks',
    );
    for (const webhook of body.webhooks) note(`${webhook.id} ${webhook.event} ${webhook.body}`);
  } finally {
    await fresh.dispose();
    await listener.stop();
  }
  return texts;
};

describe('the same seed and the same calls', () => {
  it.each([3, 8])('give the same answers, ids, tokens and webhooks, byte by byte (%i)', async (seed) => {
    const [first, second] = [await run(seed), await run(seed)];
    expect(first.length).toBeGreaterThan(30);
    expect(second).toEqual(first);
  });
});

it('tells what happened while the clock was moved, and plays the daily syncs on the way', async () => {
  const before = await scenarios.loadYaml(`
name: daily rhythm
start: 2026-08-03 05:00
accounts: [{ ref: main, rows: [{ value: 1 }] }]
days: [{ day: 2, sync: false, steps: [{ post: { account: main, rows: [{ value: 2 }] } }] }]
`);
  const user = await sandbox.driver.newUser();
  const { id } = await scenarios.link(before.id, user.userId);
  const { happened, now } = await scenarios.advance({ days: 3 });
  const own = happened.filter(
    ({ what }) => what.includes(`connection ${id}:`) || what.includes('daily-rhythm'),
  );
  expect(own).toEqual([
    { at: '2026-08-04T03:00:00.000Z', what: `connection ${id}: the daily sync` },
    { at: '2026-08-05T03:00:00.000Z', what: `connection ${id}: the daily sync` },
    { at: '2026-08-05T04:00:00.000Z', what: 'scenario daily-rhythm, day 2: post' },
    { at: '2026-08-06T03:00:00.000Z', what: `connection ${id}: the daily sync` },
  ]);
  expect(now).toBe('2026-08-06T03:00:00.000Z');
  expect((await rowsOf(user)).map((row) => [row.value, row.last_update])).toEqual([
    [2, '2026-08-06 05:00:00'],
    [1, '2026-08-03 05:00:00'],
  ]);
});

const twoDays = (name: string, steps: string): string => `
name: ${name}
start: 2026-08-03 05:00
accounts: [{ ref: main, rows: [{ value: 1 }, { value: 2 }] }]
days:
  - day: 1
    steps: [${steps}]
  - day: 2
    steps: [{ clearFaults: { own: true } }, { mend: {} }]
`;

it('keeps the faults of a scenario from everybody else, and mends what it spoilt', async () => {
  const kinds = 'nul-wording, id-of-another, absurd-date, long-year, no-row';
  const spoilt = await scenarios.loadYaml(
    twoDays(
      'spoilt',
      `{ spoil: { account: main, kinds: [${kinds}] } }, { fault: { kind: status-500, own: true, times: 9, skip: 1 } }`,
    ),
  );
  const sound = await scenarios.loadYaml(twoDays('sound', '{ sync: {} }'));
  const [victim, bystander] = [await sandbox.driver.newUser(), await sandbox.driver.newUser()];
  await scenarios.link(spoilt.id, victim.userId);
  await scenarios.link(sound.id, bystander.userId);
  const read = (user: Credentials): Promise<Answer<Page>> =>
    sandbox.driver.call<Page>('/2.0/users/me/transactions?limit=1000&all', user);
  await scenarios.advance({ to: '2026-08-04 07:00' });

  const { text, body } = await read(victim);
  expect(body.transactions.filter((row) => (row as Row | null) === null)).toHaveLength(1);
  const ids = body.transactions.flatMap((row) => (row as Row | null)?.id ?? []);
  expect(ids).toHaveLength(new Set(ids).size + 1);
  for (const sign of ['PRLV\\u0000SEPA', '9999-12-31', '20260-01-31']) expect(text).toContain(sign);
  expect((await read(victim)).status).toBe(500);
  expect((await read(bystander)).status).toBe(200);

  await scenarios.advance({ days: 1 });
  await expectProviderTellsTruth(spoilt.id, victim);
  expect(await rowsOf(victim)).toHaveLength(7);
});

it.each(['recreate: { account: main, old: deleted }', 'reissue: { account: main }'])(
  'mends also the rows that are still listed under their former ids (%s)',
  async (renewal) => {
    const spoil = 'spoil: { account: main, kinds: [no-row] }';
    const told = await scenarios.loadYaml(twoDays('renewed', `{ ${spoil} }, { sync: {} }, { ${renewal} }`));
    const user = await sandbox.driver.newUser();
    await scenarios.link(told.id, user.userId);
    const missing = async (): Promise<number> => {
      const { body } = await sandbox.driver.call<Page>('/2.0/users/me/transactions?limit=1000&all', user);
      return body.transactions.filter((row) => (row as Row | null) === null).length;
    };
    await scenarios.advance({ to: '2026-08-04 07:00' });
    expect(await missing()).toBe(2);
    await scenarios.advance({ days: 2 });
    expect(await missing()).toBe(0);
  },
);

it('serves pages as short as it is told to, to the last row', async () => {
  const { body } = await sandbox.driver.call<{ rowsPerPage: number }>('/sandbox/settings', {
    method: 'PATCH',
    body: { rowsPerPage: 2 },
  });
  expect(body.rowsPerPage).toBe(2);
  const told = await scenarios.loadYaml(`
name: short pages
start: 2026-08-03 05:00
accounts: [{ ref: main, rows: [{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }, { value: 5 }] }]
days: []
`);
  const user = await sandbox.driver.newUser();
  await scenarios.link(told.id, user.userId);
  const first = await sandbox.driver.call<Page>('/2.0/users/me/transactions?limit=1000&all', user);
  expect(first.body.transactions).toHaveLength(2);
  expect((await rowsOf(user)).map(({ value }) => value).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
});
