import { expect, it } from 'vitest';
import { categoriesOf, type EventFilter } from './filter.js';

const streams = (...prefixes: string[]): EventFilter => ({ on: 'stream', prefixes });

it.each<[string, EventFilter | null, readonly string[]]>([
  ['no filter', null, []],
  ['whole categories', streams('ledger-', 'sync-'), ['ledger-', 'sync-']],
  ['a part of a category', streams('ledger-fr', 'ledger-de'), ['ledger-']],
  ['a part of a category, with another dash', streams('ledger-fr-'), ['ledger-']],
  ['a prefix that several categories may have', streams('ledger-', 'sy'), []],
  ['everything', streams(''), []],
  ['types', { on: 'type', prefixes: ['ledger-'] }, []],
  ['a regular expression', { on: 'stream', prefixes: [], regex: /^ledger-/u }, []],
  ['too many', streams(...Array.from({ length: 17 }, (_, n) => `c${n}-`)), []],
])('knows which categories can match %s', (_, filter, categories) => {
  expect(categoriesOf(filter)).toEqual(categories);
});
