import type { CompletedLinkReply } from '#contracts';
import { expect, it } from 'vitest';
import { tellCompletedLink } from './tell-completed-link.js';

const reply = (part: Partial<CompletedLinkReply>): CompletedLinkReply => ({
  outcome: 'linked',
  connectionId: 'c',
  status: 'active',
  code: null,
  by: 'user',
  message: 'English.',
  otherLinks: [],
  position: null,
  ...part,
});

it('keeps the words of the service in English', () =>
  expect(tellCompletedLink(reply({}), 'en')).toBe('English.'));

it('says in French what was linked, and what besides', () => {
  const otherLinks = [{ id: '7', accounts: [{ iban: 'FR76', name: 'Compte' }] }];
  const told = tellCompletedLink(reply({ otherLinks }), 'fr');
  expect(told).toMatch(/^La banque est reliée\. .* 1 autre\(s\) banque\(s\) \(FR76\)/);
});

const refused = (by: 'user' | 'provider') => tellCompletedLink(reply({ code: 'odd', by }), 'fr');

it('says in French who did not go through with it', () => {
  expect(refused('user')).toMatch(/^odd: Le titulaire du compte n’est pas allé/);
  expect(refused('provider')).toMatch(/^odd: Le prestataire a refusé/);
});
