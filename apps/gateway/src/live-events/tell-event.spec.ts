import { expect, it } from 'vitest';
import { tellEvent } from './tell-event.js';

const told = (type: string, data: object, language: 'en' | 'fr' = 'fr'): unknown => {
  const event = { id: 'e', type: `passerelle.${type}.v1`, data: { connectionId: 'c', ...data } };
  return JSON.parse(tellEvent(JSON.stringify(event), language));
};
const text = (pattern: RegExp) => expect.stringMatching(pattern) as string;

it.each([
  ['connection.action-required', { code: 'decoupled', owner: 'user' }, /^decoupled: .* n’a pas confirmé/],
  ['connection.action-required', { code: 'brandNew', owner: 'time' }, /^brandNew: .* se rétablit tout seul/],
  ['connection.consent-expiring', { expiresAt: '2026-03-01T10:00:00Z', daysLeft: 7 }, /^Le consentement/],
  ['connection.other-links-found', { otherLinks: [{ id: '1', accounts: [] }] }, /^Le titulaire .* relié 1/],
])('tells %s %j in French', (type, data, words) =>
  expect(told(type, { ...data, message: 'English.' })).toEqual({
    id: 'e',
    type: `passerelle.${type}.v1`,
    data: { connectionId: 'c', ...data, message: text(words) },
  }),
);

it('tells the end of a run in French, and keeps what it has besides', () => {
  const run = { status: 'failure', errorCode: 'sync.not-found', errorMessage: 'English.', refresh: null };
  const problems = [{ code: 'sync.not-found', parameters: {}, message: 'English.' }];
  const message = text(/^Cette synchronisation/);
  expect(told('sync.failed', { ...run, problems, accountIds: ['1'] })).toMatchObject({
    data: { ...run, errorMessage: message, problems: [{ message }], accountIds: ['1'] },
  });
});

it.each([
  ['transactions.imported', { count: 1 }, 'fr'],
  ['of.tomorrow', { message: 'English.' }, 'fr'],
  ['connection.action-required', { code: 'x', owner: 'user', message: 'English.' }, 'en'],
] as const)('leaves %s %j alone in %s', (type, data, language) =>
  expect(told(type, data, language)).toMatchObject({ data }),
);
