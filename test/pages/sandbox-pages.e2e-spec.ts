import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  listenForWebhooks,
  type RunningSandboxBank,
  SandboxDriver,
  startSandboxBank,
  type WebhookListener,
  withCheckDigits,
} from '../../apps/sandbox-bank/src/index.js';
import { eventually } from '../harness/index.js';
import { startBrowser } from './browser.js';
import { Visitor } from './visitor.js';

const [CLIENT, SECRET] = ['55120934', 'sandbox-client-secret'];
const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`;
/** A refused form answers with its status, which a browser tells the console. */
const REFUSED = /Failed to load resource: .* status of 400/;

let browser: Browser;
let listener: WebhookListener;
let callback: string;
let dataDir: string;
let bank: RunningSandboxBank;
let driver: SandboxDriver;
let person: Visitor;

beforeAll(async () => {
  [browser, listener] = await Promise.all([startBrowser(), listenForWebhooks()]);
  callback = new URL('/callback', listener.url).href;
});
afterAll(async () => {
  await browser?.close();
  await listener?.stop();
});

beforeEach(async () => {
  listener.received.length = 0;
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-pages-'));
  bank = await startSandboxBank({
    port: 0,
    dataDir,
    seed: 'pages',
    clockMs: Date.parse('2026-03-14T11:00:00Z'),
    settings: { redirectUris: [callback], webhookUrl: listener.url, syncDelayMs: 0, recentSyncMs: 0 },
  });
  driver = new SandboxDriver(bank.url, CLIENT, SECRET);
  person = await Visitor.come(browser);
});
afterEach(async () => {
  await bank.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

let accounts = 0;
const newIban = (): string => withCheckDigits('FR', `9999800099000000${4000 + accounts++}042`);

const scenarioOf = (iban: string, name = 'by hand', wording = 'CARTE CAFE DE LA GARE'): string =>
  JSON.stringify({
    name,
    start: '2026-03-16 05:00',
    listed: true,
    accounts: [{ ref: 'main', iban, name, balance: 100, rows: [{ value: -5, date: -2, wording: 'BEFORE' }] }],
    days: [
      { day: 1, steps: [{ post: { account: 'main', rows: [{ ref: 'one', value: -4.2, coming: true, wording }] } }] },
      { day: 2, steps: [{ book: { row: 'one', id: 'new' } }] },
    ],
  }); // prettier-ignore

const region = (name: string): Locator => person.page.getByRole('region', { name });
const article = (name: RegExp): Locator => person.page.getByRole('article', { name });
const pressIn = (place: Locator, name: string): Promise<void> =>
  place.getByRole('button', { name, exact: true }).click();
const said = (): Promise<string> => person.page.getByRole('status').innerText();
const clock = (): Promise<string> => region('Clock').locator('strong').innerText();

const load = async (yaml: string): Promise<void> => {
  const field = person.page.getByLabel('YAML or JSON');
  if (!(await field.isVisible())) await person.page.getByText('Load a scenario').click();
  await field.fill(yaml);
  await pressIn(region('Scenarios'), 'Load');
};

const openLinkPage = async (iban: string | null, language = 'fr'): Promise<number> => {
  const user = await driver.newUser();
  const query = new URLSearchParams({
    domain: 'sandbox.biapi.pro',
    client_id: CLIENT,
    redirect_uri: callback,
    state: 'st_1',
    code: await driver.code(user.token),
    ...(iban !== null && { account_ibans: iban }),
  });
  await person.page.goto(`${bank.url}/${language}/connect?${query}`);
  return user.userId;
};

const cameBack = async (): Promise<URLSearchParams> => {
  await person.page.waitForURL(`${callback}?**`);
  return new URL(person.page.url()).searchParams;
};

const hasFocus = async (control: Locator): Promise<boolean> =>
  (await control.and(person.page.locator(':focus')).count()) > 0;

const tabTo = async (control: Locator): Promise<void> => {
  for (let presses = 0; presses < 20; presses++) {
    await person.page.keyboard.press('Tab');
    if (await hasFocus(control)) return;
  }
  throw new Error('No Tab reaches it.');
};

const overflow = (): Promise<number> =>
  person.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

describe('the page to drive the sandbox by hand', () => {
  beforeEach(async () => {
    await person.page.goto(bank.url);
  });

  it('loads a scenario, shows its bank being linked, and plays it with its rows and webhooks', async () => {
    const iban = newIban();
    await load(scenarioOf(iban));
    expect(await said()).toBe('Done: load');
    expect(await clock()).toBe('2026-03-16 05:00:00');
    await openLinkPage(iban);
    await person.press('Connecter');
    const linked = await cameBack();
    await person.page.goto(bank.url);
    await region('Connections')
      .getByText(`Connection ${linked.get('connection_id')},`)
      .waitFor();

    await pressIn(article(/^by hand: 0 of 2/), 'Play the next day');
    expect(await said()).toMatch(/^Done: play by-hand\n.*2026-03-17 06:00:00 scenario by-hand, day 1: post/s);
    const account = article(/^by hand, /);
    await account.getByRole('row', { name: '-4.2 CARTE CAFE DE LA GARE pending' }).waitFor();
    await pressIn(article(/^by hand: 1 of 2/), 'Play the next day');
    await account.getByRole('row', { name: '-4.2 CARTE CAFE DE LA GARE booked' }).waitFor();
    await eventually(() => expect(listener.received.map(({ path }) => path)).toContain('/webhooks/powens/connection-synced')); // prettier-ignore
    await eventually(async () => {
      await person.page.reload();
      expect(await region('Webhooks').innerText()).toMatch(/CONNECTION_SYNCED: delivered, 1 attempt/);
    });
    await person.leave();
  });

  it('moves the clock once, however often the page is loaded again', async () => {
    const before = await clock();
    await pressIn(region('Clock'), 'Advance a day');
    const after = await clock();
    expect([before.slice(0, 10), after.slice(0, 10)]).toEqual(['2026-03-14', '2026-03-15']);
    await person.page.reload();
    await person.page.reload();
    expect(await clock()).toBe(after);
    await person.leave();
  });

  it('tells every problem of a wrong scenario and keeps its text to be mended', async () => {
    const wrong =
      'name: wrong\naccounts:\n  - ref: main\n    colour: red\n    type: 7\ndays:\n  - day: 1\n    steps:\n      - post: { account: nobody, rows: [] }\n';
    await load(wrong);
    const alert = await person.page.getByRole('alert').innerText();
    expect(alert).toMatch(/^Not done: line \d+, accounts\[0\]/);
    expect(alert.split('\n').length).toBeGreaterThan(1);
    const field = person.page.getByLabel('YAML or JSON');
    expect((await field.inputValue()).trim()).toBe(wrong.trim());
    await load(scenarioOf(newIban(), 'mended'));
    await article(/^mended: 0 of 2 played/).waitFor();
    await person.leave([REFUSED]);
  });

  it('plans a fault and forgets it', async () => {
    const user = await driver.newUser();
    const asked = async (): Promise<number> => (await driver.call('/2.0/users/me/accounts', user)).status;
    const faults = region('Faults');
    await faults.getByLabel('Kind').selectOption('html-503');
    await faults.getByLabel('Path contains').fill('/accounts');
    await faults.getByLabel('Times').fill('5');
    await pressIn(faults, 'Plan');
    await faults.getByText('html-503 on “/accounts”, 5 times').waitFor();
    expect(await asked()).toBe(503);
    await pressIn(faults, 'Forget all');
    await person.page.waitForURL(/#faults$/);
    expect(await faults.getByRole('listitem').count()).toBe(0);
    expect(await asked()).toBe(200);
    await faults.getByLabel('Times').fill('often');
    await pressIn(faults, 'Plan');
    expect(await person.page.getByRole('alert').innerText()).toBe(
      'Not done: "times" must be a whole number.',
    );
    await person.leave([REFUSED]);
  });

  it('is driven by the keyboard alone, which stays where it was', async () => {
    const before = await clock();
    await tabTo(region('Clock').getByRole('button', { name: 'Advance an hour' }));
    await person.page.keyboard.press('Enter');
    await person.page.waitForURL(/#clock$/);
    expect([before.slice(11, 13), (await clock()).slice(11, 13)]).toEqual(['12', '13']);
    await person.page.keyboard.press('Tab');
    expect(await hasFocus(region('Clock').getByRole('button').first())).toBe(true);
    await person.page.goto(bank.url);
    await tabTo(person.page.getByRole('link', { name: 'Webhooks' }));
    await person.page.keyboard.press('Enter');
    await person.page.keyboard.press('Tab');
    expect(await hasFocus(region('Webhooks').getByRole('button', { name: 'Send what waits' }))).toBe(true);
    await person.page.keyboard.press('Tab');
    await person.page.keyboard.press('Enter');
    await region('Webhooks').getByRole('button', { name: 'Hold back no more' }).waitFor();
    await person.leave();
  });

  it('fits on a telephone', async () => {
    await load(scenarioOf(newIban(), 'a'.repeat(120), 'W'.repeat(200)));
    await pressIn(article(/0 of 2/), 'Play the next day');
    await person.page.setViewportSize({ width: 360, height: 740 });
    expect(await overflow()).toBe(0);
    await person.leave();
  });
});

describe('the bank’s page', () => {
  it('links by Enter in the field of the password, as people do', async () => {
    await openLinkPage(newIban());
    await person.page.getByLabel('Mot de passe').press('Enter');
    const back = await cameBack();
    expect([back.get('error'), back.get('state')]).toEqual([null, 'st_1']);
    expect(back.get('connection_id')).toMatch(/^\d+$/);
    await person.leave();
  });

  it('sends whoever cancels back with nothing linked', async () => {
    await openLinkPage(newIban());
    await person.press('Annuler');
    const back = await cameBack();
    expect([back.get('error'), back.get('state'), back.get('connection_id')]).toEqual([
      'access_denied',
      'st_1',
      null,
    ]);
    await person.leave();
  });

  it('says what is missing, and goes on from there', async () => {
    await openLinkPage(newIban());
    const alert = person.page.getByRole('alert');
    await person.page.getByLabel('Banque Exemple').check();
    await person.press('Connecter');
    expect(await alert.innerText()).toBe('Choisissez au moins un compte à partager.');
    await person.page.getByLabel('Mot de passe').fill('0000');
    await person.press('Connecter');
    expect(await alert.innerText()).toBe('Votre mot de passe est incorrect.');
    await person.press('Connecter');
    await cameBack();
    await person.leave();
  });

  it('does nothing any more for a person who comes back an hour later', async () => {
    await openLinkPage(newIban());
    await driver.call('/sandbox/clock/advance', { method: 'POST', body: { hours: 1 } });
    await person.press('Connecter');
    const { heading, text } = await person.reads();
    expect(heading).toBe('Ce lien ne peut pas être utilisé');
    expect(text).toContain('La visite a expiré ou a déjà servi.');
    await person.leave([REFUSED]);
  });

  it('fits on a telephone', async () => {
    const iban = newIban();
    await person.page.goto(bank.url);
    await load(scenarioOf(iban, 'a'.repeat(120)));
    await person.page.setViewportSize({ width: 360, height: 740 });
    await openLinkPage(iban);
    expect(await overflow()).toBe(0);
    await person.leave();
  });
});

it('whatever people name their accounts, rows and scenarios is text on both pages', async () => {
  const iban = newIban();
  await person.page.goto(bank.url);
  await load(scenarioOf(iban, HOSTILE, HOSTILE));
  await pressIn(article(/0 of 2/), 'Play the next day');
  await person.page.getByRole('heading', { name: `${HOSTILE}: 1 of 2 played` }).waitFor();
  await person.page.getByRole('cell', { name: HOSTILE, exact: true }).waitFor();
  await load(`name: ${HOSTILE}\n</textarea>${HOSTILE}`);
  expect(await person.page.getByLabel('YAML or JSON').inputValue()).toContain(`</textarea>${HOSTILE}`);
  await openLinkPage(iban);
  await person.page.getByLabel(HOSTILE).waitFor();
  await person.press('Connecter');
  await cameBack();
  expect(await person.page.locator('script, img').count()).toBe(0);
  await person.leave([REFUSED]);
});
