import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.js';

const secret = new Secret('canary-7f3a');

it.each([
  ['a template', ['token', secret].join(' ')],
  ['concatenation', 'token ' + String(secret)],
  ['JSON', JSON.stringify({ token: secret })],
  ['inspect', inspect({ nested: { token: secret } }, { depth: 9, showHidden: true })],
  ['own properties', JSON.stringify(Object.getOwnPropertyDescriptors(secret))],
])('does not appear in %s', (_, shown) => {
  expect(shown).not.toContain('canary');
});

it('is revealed to the one who asks', () => {
  expect(secret.reveal()).toBe('canary-7f3a');
});
