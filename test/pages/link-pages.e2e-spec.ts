import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Vault } from '#vault';
import { signLinkState } from '../../apps/connections/src/link-state.js';
import {
  eventually,
  expectLedgerEqualsBank,
  freshIban,
  ledgerOf,
  openConnection,
  openLinkAndImport,
  quietHistory,
  type Stack,
  startStack,
} from '../harness/index.js';
import { startBrowser } from './browser.js';
import { Visitor } from './visitor.js';

/** What a browser tells the console about a page that is no success. */
const status = (code: number): RegExp => new RegExp(`Failed to load resource: .* status of ${code}`);

let stack: Stack;
let browser: Browser;
let person: Visitor;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), startBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.dispose();
});
beforeEach(async () => {
  person = await Visitor.come(browser);
});

const callbackUrl = (): string =>
  `${stack.endpoints.gatewayUrl.replace('127.0.0.1', 'localhost')}/v1/link/callback`;

const open = async (linkUrl: string | null | undefined): Promise<void> => {
  await person.page.goto(linkUrl ?? '');
};

/** Presses it and waits for our own page. */
const pressAndComeBack = async (button: string): Promise<void> => {
  await person.press(button);
  await person.page.waitForURL((url) => url.pathname === '/v1/link/callback');
};

const isImported = (id: string): Promise<void> =>
  eventually(async () => {
    const runs = await quietHistory(stack, id);
    expect(runs.map((run) => run.status)).toContain('success');
  });

describe('a person', () => {
  it('links a bank on its pages, reads on ours that it is done, and the rows are imported', async () => {
    const { id, iban, linkUrl } = await openConnection(stack);
    await open(linkUrl);
    expect(await person.reads()).toMatchObject({ language: 'fr', heading: 'Connecter une banque' });
    expect(await person.page.getByRole('checkbox', { checked: true }).getAttribute('value')).toBe(iban);
    await pressAndComeBack('Connecter');
    expect(await person.reads()).toEqual({
      language: 'fr',
      heading: 'Banque reliée',
      text: 'Passerelle\n\nBanque reliée\n\nVotre banque est reliée. Vous pouvez fermer cette page.',
    });
    await isImported(id);
    expect(await stack.api.getConnection(id)).toMatchObject({ status: 'active' });
    await expectLedgerEqualsBank(stack, id);
    await person.leave();
  });

  it('leaves nothing in the address bar that anybody could use', async () => {
    const { id, iban, linkUrl } = await openConnection(stack);
    await open(linkUrl);
    await pressAndComeBack('Connecter');
    const { sandboxClientSecret, apiKey } = stack.keys();
    for (const address of person.seen) {
      expect(address).not.toContain(sandboxClientSecret);
      expect(address).not.toContain(apiKey);
    }
    // When a webhook arrived or the bank was read last goes on; what is linked does not.
    const links = async () => (await stack.sandbox.connectionsOf(iban)).map(({ id: linkedId }) => linkedId);
    const linked = await links();
    const stranger = await Visitor.come(browser);
    const headings: string[] = [];
    for (const address of person.seen) {
      await stranger.page.goto(address);
      headings.push((await stranger.reads()).heading);
    }
    expect(headings).toEqual(['Ce lien ne peut pas être utilisé', 'Lien déjà utilisé']);
    expect(await links()).toEqual(linked);
    expect(await stack.api.getConnection(id)).toMatchObject({ status: 'active' });
    await stranger.leave([status(400), status(409)]);
    await person.leave();
  });

  it('who loads the last page again or goes back reads that the link has served', async () => {
    const { linkUrl } = await openConnection(stack);
    await open(linkUrl);
    await pressAndComeBack('Connecter');
    await person.page.reload();
    expect(await person.reads()).toMatchObject({
      heading: 'Lien déjà utilisé',
      text: expect.stringContaining('Si votre banque vient d’être reliée, tout est en ordre'),
    });
    await person.page.goBack();
    expect(await person.reads()).toMatchObject({ heading: 'Ce lien ne peut pas être utilisé' });
    await person.leave([status(400), status(409)]);
  });

  it('with an English browser reads English on our page', async () => {
    const english = await Visitor.come(browser, { locale: 'en-GB' });
    const { linkUrl } = await openConnection(stack);
    await english.page.goto(linkUrl ?? '');
    await english.press('Connecter');
    await english.page.waitForURL((url) => url.pathname === '/v1/link/callback');
    expect(await english.reads()).toMatchObject({ language: 'en', heading: 'Bank linked' });
    await english.leave();
  });

  it('who cancels changes nothing, and may use a fresh link', async () => {
    const { id, linkUrl } = await openConnection(stack);
    await open(linkUrl);
    await pressAndComeBack('Annuler');
    expect(await person.reads()).toMatchObject({ heading: 'Liaison non aboutie' });
    expect(await stack.api.getConnection(id)).toMatchObject({ status: 'pending', accounts: [] });
    await open((await stack.api.link(id)).linkUrl);
    await pressAndComeBack('Connecter');
    expect(await person.reads()).toMatchObject({ heading: 'Banque reliée' });
    await isImported(id);
    await person.leave();
  });

  it('renews a consent on the bank’s page', async () => {
    const { id, iban } = await openLinkAndImport(stack);
    const [atBank] = await stack.sandbox.connectionsOf(iban);
    await stack.sandbox.call('PATCH', `/connections/${atBank?.id}`, { state: 'SCARequired' });
    await eventually(async () =>
      expect(await stack.api.getConnection(id)).toMatchObject({ status: 'error' }),
    );
    await open((await stack.api.link(id)).linkUrl);
    expect(await person.reads()).toMatchObject({ heading: 'Rétablir la connexion' });
    await person.page.getByLabel('Mot de passe').press('Enter');
    await person.page.waitForURL((url) => url.pathname === '/v1/link/callback');
    expect(await person.reads()).toMatchObject({ heading: 'Banque reliée' });
    await eventually(async () =>
      expect(await stack.api.getConnection(id)).toMatchObject({ status: 'active' }),
    );
    await person.leave();
  });

  it('sees a row that is posted by hand arrive without asking', async () => {
    const iban = freshIban();
    const { id } = await openLinkAndImport(stack, iban);
    await person.page.goto(stack.endpoints.sandboxUrl);
    const account = person.page.getByRole('article').filter({ hasText: `${iban}, balance` });
    await account.getByLabel('Amount').fill('-17.31');
    await account.getByLabel('Wording').fill('CARTE A LA MAIN');
    await account.getByRole('button', { name: 'Post a row' }).click();
    await account.getByRole('row', { name: '-17.31 CARTE A LA MAIN booked' }).waitFor();
    await eventually(async () => {
      const rows = await ledgerOf(stack, id);
      expect(rows.map(({ amount }) => amount)).toContain('-17.31');
    });
    await person.leave();
  });
});

describe('our page', () => {
  it.each([
    ['no state', () => ''],
    ['a state of nobody', () => '?state=nonsense'],
    [
      'a state whose time is over',
      () => {
        const vault = new Vault(stack.keys().encryptionKey);
        const claims = {
          connectionId: crypto.randomUUID(),
          tenantId: 't',
          expiresAt: '2026-01-01T00:00:00.000Z',
        };
        return `?state=${signLinkState(vault, claims)}`;
      },
    ],
    ['markup in its place', () => `?state=${encodeURIComponent('<script>alert(1)</script>')}&error=<b>`],
  ])('of %s says that the link is not valid', async (_, query) => {
    await open(callbackUrl() + query());
    expect(await person.reads()).toMatchObject({
      heading: 'Lien non valable',
      text: expect.stringMatching(/Demandez un nouveau lien\.$/),
    });
    await person.leave([status(400), status(410)]);
  });

  it('says so when the provider is in trouble, and loaded again later it completes the link', async () => {
    const { id, linkUrl } = await openConnection(stack);
    await open(linkUrl);
    await stack.sandbox.fault({ kind: 'html-503', times: 1_000, path: '/connections' });
    await pressAndComeBack('Connecter');
    expect(await person.reads()).toMatchObject({
      heading: 'Pas pour le moment',
      text: expect.stringContaining('Rechargez cette page dans un instant'),
    });
    await stack.sandbox.call('DELETE', '/faults');
    await person.page.reload();
    expect(await person.reads()).toMatchObject({ heading: 'Banque reliée' });
    await isImported(id);
    await person.leave([status(502), status(503)]);
  });
});
