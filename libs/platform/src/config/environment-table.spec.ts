import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Environment } from './environment.js';

const page = readFileSync(new URL('../../../../docs/environment.md', import.meta.url), 'utf8');

/** Variable → default, as the table tells people. */
const told = new Map(
  [...page.matchAll(/^\| `([A-Z_]+)` *\| (?:`([^`]*)`)? *\|/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]),
);
/** Read by the stack alone, before any configuration. */
const BESIDE = ['PASSERELLE_DEMO'];

describe('docs/environment.md', () => {
  it.each(Object.entries(new Environment()))('tells of %s and its default', (name, value) => {
    expect(told.get(name)).toBe(String(value ?? ''));
  });

  it('tells of no variable that nobody reads', () => {
    expect(Object.keys(new Environment())).toEqual(
      expect.arrayContaining([...told.keys()].filter((name) => !BESIDE.includes(name))),
    );
  });
});
