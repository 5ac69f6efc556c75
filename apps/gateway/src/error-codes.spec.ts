import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { statusOfCode } from '#platform';
import { STATUSES } from './statuses.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SOURCES = [
  'apps/connections',
  'apps/sync',
  'apps/gateway',
  'libs/domain',
  'libs/vault',
  'libs/read-model',
];

/** The operators' command line tells of these, HTTP never does. */
const isBesideHttp = (file: string): boolean => file.includes('webhook-keys/');

/** Codes of refusals as the sources write them. */
const thrown = SOURCES.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts') && !isBesideHttp(file))
    .flatMap((file) => [
      ...readFileSync(join(ROOT, folder, file), 'utf8').matchAll(/new DomainError\(\s*'([a-z.-]+)'/g),
    ])
    .map(([, code = '']) => code),
);

const told = new Map(
  [...readFileSync(join(ROOT, 'docs/api.md'), 'utf8').matchAll(/^\| `([\w.-]+)` *\| (\d{3}) /gm)].map(
    ([, code = '', status]) => [code, Number(status)],
  ),
);

it.each([...new Set([...thrown, ...Object.keys(STATUSES)])])('docs/api.md tells the status of %s', (code) => {
  expect(told.get(code)).toBe(statusOfCode(code, STATUSES));
});
