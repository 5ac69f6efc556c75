import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_STATES, accountStatusText } from './account-states.js';
import { BANK_STATES } from './bank-states.js';
import { DELIVERY_REASONS, deliveryReasonText } from './delivery-reasons.js';
import { errorsPage } from './errors-page.js';
import { PLAIN_PROBLEMS } from './problem-catalogue.js';
import { problemOwner, problemsText, problemText } from './problem-text.js';
import type { ProblemEntry, Words } from './problem-words.js';
import { PROVIDER_REASONS } from './provider-reasons.js';
import { STATUS_REASONS } from './status-reasons.js';
import { consentText, linkedText, linkRefusalText } from './link-text.js';
import { linkRefusal, statusReasonText, statusText } from './status-text.js';
import { WEBHOOK_REFUSALS } from './webhook-refusals.js';

const entries = [
  PLAIN_PROBLEMS, PROVIDER_REASONS, BANK_STATES, STATUS_REASONS, ACCOUNT_STATES, DELIVERY_REASONS, WEBHOOK_REFUSALS,
].flatMap((table) => Object.entries<ProblemEntry>(table)); // prettier-ignore
const PAGE = new URL('../../../../docs/errors.md', import.meta.url);

const placesOf = ({ what, each = '', next }: Words): string[] =>
  [what, each, next].flatMap((text) => text.match(/\{\w+\}/g) ?? []).toSorted();

describe('the catalogue of problems', () => {
  it.each(entries)('says the same of %s in both languages', (_, { en, fr }) => {
    expect(placesOf(fr)).toEqual(placesOf(en));
    for (const text of [en.what, en.next, fr.what, fr.next]) expect(text).toMatch(/^\S.*[^ ]\.$/);
    expect(fr.what).not.toBe(en.what);
    expect(fr.next === en.next && !en.next.includes('`')).toBe(false);
    // A sign of two parts has a space before it in French.
    expect(fr.what + fr.next).not.toMatch(/[^\s/0-9A-Z"](;|\?|!)|[a-zéà] ?:[a-zéà]/);
  });

  it('is what docs/errors.md tells: npm run build && npm run schemas', async () => {
    const file = PAGE.pathname;
    const page = await format(errorsPage(), { ...(await resolveConfig(file)), filepath: file });
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });
});

const row = (reason: string, field: string) =>
  ({ code: 'rows.unreadable', count: 1, accountId: '7', parameters: { reason, field } }) as const;

const gap = (accountId: string, from: string, to: string) =>
  ({ code: 'history.gap', accountId, parameters: { from, to } }) as const;

describe('the words of a problem', () => {
  it('tell what is known of it, in the language that is asked for', () => {
    expect(problemText(row('bad-date', 'rdate'), 'en')).toBe(
      '1 row(s) could not be understood (no readable date in rdate) and were left out. They are read again at each sync; if it lasts, tell the provider.',
    );
    expect(problemText(row('bad-date', 'rdate'), 'fr')).toMatch(
      /^1 ligne\(s\) .* \(pas de date lisible dans rdate\)/,
    );
  });

  it('say a reason that nobody knows as it is', () =>
    expect(problemText(row('constructor', 'x'), 'fr')).toContain('(constructor dans x)'));

  it('leave out what is not known', () =>
    expect(problemText({ code: 'rows.unreadable', count: 70 }, 'en')).toMatch(
      /^70 row\(s\) could not be understood and were/,
    ));

  it('keep apart what happened from what the provider said of it', () => {
    const detail = 'Powens answered 503 to GET /users/me.';
    const problem = { code: 'powens.unavailable', parameters: { detail } };
    expect(problemText(problem, 'fr')).toBe(
      'Powens est momentanément indisponible. La prochaine synchronisation réessaiera d’elle-même. (Détail technique : Powens answered 503 to GET /users/me.)',
    );
    expect(problemText({ code: 'tink.unavailable' }, 'en')).toMatch(/^Tink cannot serve/);
  });

  it('are found for each way in which a provider writes its states, and for states that nobody knows', () => {
    expect(problemText({ code: 'provider.SCARequired' }, 'fr')).toMatch(/authentification forte/);
    expect(statusText({ code: 'wrongPass', owner: 'user' }, 'en')).toMatch(/^The bank refused the login/);
    expect(statusText({ code: 'brandNew', owner: 'nobody' }, 'fr')).toMatch(/déconnectez et ouvrez/);
    expect(problemText({ code: 'provider.constructor' }, 'en')).toMatch(/cannot refresh its data/);
  });

  it('are missing for a code of another version', () => {
    for (const code of ['old.code', 'powens.constructor', 'constructor', '']) {
      expect(problemText({ code }, 'fr')).toBeNull();
      expect(problemOwner(code)).toBeNull();
    }
    expect(problemsText([{ code: 'old.code' }, { code: 'history.gap' }], 'en')).toBeNull();
    expect(problemsText([], 'en')).toBeNull();
  });

  it('tell cases of one code together', () => {
    const text = problemsText(
      [row('bad-date', 'rdate'), gap('2', '2026-01-01', '2026-01-02'), row('bad-amount', 'value'), row('bad-date', 'rdate')],
      'en',
    ); // prettier-ignore
    expect(text).toMatch(
      /^3 row\(s\) could not be understood \(no readable amount in value; no readable date in rdate\) /,
    );
    expect(text).toMatch(/were not read before \(account 2: 2026-01-01 to 2026-01-02\)\. Compare/);
  });
});

const told = (code: string, parameters = {}) => statusReasonText({ code, owner: 'user', parameters }, 'fr');
const refused = (code: string) => statusReasonText(linkRefusal({ code, by: 'provider' }), 'en');

describe('why a connection is as it is', () => {
  it('names what the provider or a problem is called before the words', () => {
    expect(told('SCARequired')).toMatch(/^SCARequired: La banque demande/);
    expect(told('account.none-tracked')).toMatch(/^account\.none-tracked: Tous les comptes/);
    expect(told('decoupled-overdue')).toMatch(/^decoupled: Le titulaire .* n’a pas confirmé/);
    expect(told('connection.paused')).toMatch(/^Suspendue par l’appelant/);
    expect(told('connection.ending', { provider: 'powens' })).toMatch(/^Déconnectée ici\. Powens ne l’a pas/);
  });

  it('tells how a link page ended, also by a code that nobody knows', () => {
    expect(refused('access_denied')).toMatch(
      /^No bank is linked yet\. access_denied: The account holder cancelled\. Nothing/,
    );
    expect(refused('constructor')).toMatch(/^No bank is linked yet\. constructor: The provider refused\./);
  });
});

describe('what else people are told', () => {
  it('is why nothing is imported from an account', () => {
    expect(accountStatusText('tracked', 'fr')).toBeNull();
    expect(accountStatusText('vanished', 'fr')).toMatch(/^La banque ne le montre plus/);
  });

  it('is why a webhook led to no run, by its own words before those of a refused call', () => {
    expect(deliveryReasonText('connection.not-linked', 'fr')).toMatch(/^Aucune banque .* traité de lui-même/);
    expect(deliveryReasonText('sync.not-accepted', 'en')).toMatch(/^The connection takes no sync/);
    expect(deliveryReasonText('constructor', 'en')).toBeNull();
  });

  it('is how a link page ended, and what was linked besides', () => {
    expect(linkRefusalText({ code: 'access_denied', by: 'user' }, 'fr')).toMatch(
      /^access_denied: Le titulaire du compte a annulé\./,
    );
    expect(linkedText([], 'fr')).toMatch(/^La banque est reliée\. [^.]+\.$/);
    const accounts = [
      { iban: null, name: 'Livret' },
      { iban: 'FR76', name: 'Compte' },
    ];
    expect(linkedText([{ accounts }, { accounts: [] }], 'en')).toMatch(
      /linked 2 more \(FR76; Livret\), from which nothing/,
    );
    expect(linkedText([{ accounts: [] }], 'en')).toMatch(/linked 1 more, from which nothing/);
  });

  it('is when a consent ends', () =>
    expect(consentText({ expiresAt: '2026-03-01T22:59:59Z', daysLeft: 7 }, 'fr')).toMatch(
      /prend fin le 2026-03-01 \(UTC\), dans 7 jour\(s\)\. Envoyez-lui/,
    ));

  it('is when a consent ends on the day itself', () =>
    expect(consentText({ expiresAt: '2026-03-01T22:59:59Z', daysLeft: 0 }, 'en')).toMatch(
      /ends today, 2026-03-01 \(UTC\)\. Send/,
    ));
});
