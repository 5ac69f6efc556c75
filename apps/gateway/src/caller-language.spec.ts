import { expect, it } from 'vitest';
import { callerLanguage } from './caller-language.js';

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['fr', 'fr'],
  ['fr-CA', 'fr'],
  ['FR-fr, fr;q=0.9, en-US;q=0.8, en;q=0.7', 'fr'],
  ['en-GB,fr;q=0.5', 'en'],
  ['de, fr;q=0.4, en;q=0.3', 'fr'],
  ['de, *;q=0.1', 'en'],
  ['en;q=0.2, fr;q=0.8', 'fr'],
  ['fr;q=0, en;q=0.1', 'en'],
  ['fr;q=0', 'en'],
  ['fr, en', 'fr'],
  ['en, fr', 'en'],
  ['frr', 'en'],
  ['; ;;, ,q=1', 'en'],
] as const)('of %j the language is %s', (header, language) => {
  expect(callerLanguage(header)).toBe(language);
});
