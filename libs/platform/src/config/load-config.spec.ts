import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError } from './config-error.js';
import { demand } from './demand.js';
import { loadConfig } from './load-config.js';
import { type RawEnvironment, readEnvironment } from './read-environment.js';

const KEY = `${'A'.repeat(43)}=`;
const ENGINES = {
  EVENTSTORE_URL: 'esdb://localhost:2113?tls=false',
  NATS_URL: 'nats://localhost:4222',
  DATABASE_URL: 'postgres://u:canary-db@localhost/passerelle',
};

const embedded = (env: RawEnvironment = {}) => loadConfig(env, { app: 'stack', embedded: true });

const faultsOf = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ variable }) => variable);
    throw error;
  }
  return [];
};

describe('an environment that says nothing', () => {
  it('is enough for the embedded stack, with the documented defaults', () => {
    expect(embedded()).toMatchObject({
      host: '127.0.0.1',
      ports: {
        gateway: 3000,
        webhookIngress: 3001,
        sandbox: 3002,
        embeddedEventStore: 2113,
        embeddedDatabase: 5433,
      },
      publicUrl: 'http://localhost:3000',
      webhookPublicPath: '',
      powens: { clientId: null, baseUrl: null, webviewUrl: 'https://webview.powens.com', webhookSecrets: [] },
      syncCron: '0 2 * * *',
      syncTimeZone: 'Europe/Paris',
      encryptionKey: null,
      eventStoreUrl: null,
      logLevel: 'info',
    });
  });

  it('lacks engines and keys for an app of its own', () => {
    expect(faultsOf(() => loadConfig({}, { app: 'gateway', embedded: false }))).toEqual([
      'EVENTSTORE_URL',
      'NATS_URL',
      'DATABASE_URL',
      'ENCRYPTION_KEY',
      'PASSERELLE_API_KEY',
    ]);
  });
});

it('asks the public door for the log and for the key that seals bodies, and for nothing else', () => {
  const door = { app: 'webhook-ingress', embedded: false } as const;
  expect(faultsOf(() => loadConfig({}, door))).toEqual(['EVENTSTORE_URL', 'ENCRYPTION_KEY']);
  const { EVENTSTORE_URL } = ENGINES;
  const config = loadConfig({ EVENTSTORE_URL, ENCRYPTION_KEY: KEY }, door);
  expect([config.eventStoreUrl, config.encryptionKey?.reveal()]).toEqual([EVENTSTORE_URL, KEY]);
});

it('does not ask an app for keys that it must not hold', () => {
  const config = loadConfig(ENGINES, { app: 'scheduler', embedded: false });
  expect(config.natsUrl).toBe(ENGINES.NATS_URL);
  expect(() => demand(config.encryptionKey, 'ENCRYPTION_KEY')).toThrow('ENCRYPTION_KEY: is required');
});

it('builds the Powens root from the domain; an explicit root wins', () => {
  const credentials = { POWENS_CLIENT_ID: '1', POWENS_CLIENT_SECRET: 's', POWENS_DOMAIN: 'acme-sandbox' };
  expect(embedded(credentials).powens.baseUrl).toBe('https://acme-sandbox.biapi.pro/2.0');
  const both = { ...credentials, POWENS_BASE_URL: 'http://localhost:3002/2.0/' };
  expect(embedded(both).powens.baseUrl).toBe('http://localhost:3002/2.0');
});

it.each([
  [{ POWENS_DOMAIN: 'acme-sandbox' }, 30],
  [{ POWENS_DOMAIN: 'acme' }, null],
  [{ POWENS_DOMAIN: 'acme', POWENS_CALLS_PER_MINUTE: '600' }, 600],
  [{ POWENS_BASE_URL: 'https://acme-sandbox.biapi.pro/2.0' }, 30],
  [{ POWENS_BASE_URL: 'http://127.0.0.1:3002/2.0' }, null],
  [{ POWENS_BASE_URL: 'http://127.0.0.1:3002/2.0', POWENS_CALLS_PER_MINUTE: '30' }, 30],
])('knows how many calls a minute Powens allows: %j', (env, expected) => {
  const credentials = { POWENS_CLIENT_ID: '1', POWENS_CLIENT_SECRET: 's' };
  expect(embedded({ ...credentials, ...env }).powens.callsPerMinute).toBe(expected);
});

it('reads lists of secrets and of tenant keys', () => {
  const config = embedded({
    POWENS_WEBHOOK_SECRET: 'new,old',
    PASSERELLE_TENANT_API_KEYS: 'acme:k1,beta:k2',
  });
  expect(config.powens.webhookSecrets.map((secret) => secret.reveal())).toEqual(['new', 'old']);
  expect(config.tenantApiKeys.map(({ tenantId, key }) => [tenantId, key.reveal()])).toEqual([
    ['acme', 'k1'],
    ['beta', 'k2'],
  ]);
});

it.each([
  ['PORT', 'abc'],
  ['PORT', '65536'],
  ['WEBHOOK_PORT', '80.5'],
  ['POWENS_BASE_URL', 'biapi.pro'],
  ['POWENS_BASE_URL', 'ftp://biapi.pro'],
  ['POWENS_DOMAIN', 'https://acme.biapi.pro'],
  ['ENCRYPTION_KEY', 'canary'],
  ['ENCRYPTION_KEY', `${KEY},canary`],
  ['PASSERELLE_TENANT_API_KEYS', 'canary'],
  ['PASSERELLE_TENANT_API_KEYS', 'a:canary,b:canary'],
  ['EVENTSTORE_URL', 'http://localhost:2113'],
  ['NATS_URL', 'http://localhost'],
  ['DATABASE_URL', 'mysql://u:canary@localhost/x'],
  ['SYNC_CRON', '0 25 * * *'],
  ['SYNC_CRON', 'daily'],
  ['SYNC_TIMEZONE', 'Europe/Lutetia'],
  ['LOG_LEVEL', 'loud'],
  ['WEBHOOK_PUBLIC_PATH', 'hooks'],
  ['HOST', 'a b'],
])('refuses %s=%s and never shows a secret', (name, value) => {
  const attempt = () => embedded({ [name]: value });
  expect(faultsOf(attempt)).toEqual([name]);
  expect(attempt).toThrow(new RegExp(`^[^]*\\n  ${name}: (must|contains)`));
  expect(attempt).not.toThrow(/canary/);
});

it.each([
  [{ POWENS_CLIENT_ID: '1', POWENS_BASE_URL: 'https://a.example' }, 'POWENS_CLIENT_SECRET'],
  [{ TINK_CLIENT_SECRET: 'canary' }, 'TINK_CLIENT_ID'],
  [{ POWENS_CLIENT_ID: '1', POWENS_CLIENT_SECRET: 's' }, 'POWENS_DOMAIN'],
  [{ PORT: '3001' }, 'WEBHOOK_PORT'],
  [{ PASSERELLE_API_KEY: 'canary', PASSERELLE_TENANT_API_KEYS: 'acme:canary' }, 'PASSERELLE_TENANT_API_KEYS'],
])('sees what does not go together: %o', (env, variable) => {
  expect(faultsOf(() => embedded(env))).toEqual([variable]);
  expect(() => embedded(env)).not.toThrow(/canary/);
});

it('reports all faults at once, a line each', () => {
  const env = { PORT: 'x', SYNC_CRON: 'y', LOG_LEVEL: 'z' };
  expect(faultsOf(() => embedded(env))).toEqual(['PORT', 'SYNC_CRON', 'LOG_LEVEL']);
  expect(() => embedded(env)).toThrow(/\n  PORT: .*\n  SYNC_CRON: .*\n  LOG_LEVEL: /);
});

it('takes an empty variable for one that is not set', () => {
  expect(embedded({ PORT: '', DATABASE_URL: ' ' })).toMatchObject({
    ports: { gateway: 3000 },
    databaseUrl: null,
  });
});

it('does not show a secret to whoever prints the configuration', () => {
  const config = embedded({
    ENCRYPTION_KEY: KEY,
    PASSERELLE_API_KEY: 'canary',
    POWENS_WEBHOOK_SECRET: 'canary',
  });
  expect(config.apiKey?.reveal()).toBe('canary');
  expect(JSON.stringify(config) + inspect(config, { depth: 9 })).not.toMatch(/canary|AAAA/);
});

it('reads .env below the environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-env-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(readEnvironment(folder, { A: '1' })).toEqual({ A: '1' });
  writeFileSync(join(folder, '.env'), '# comment\nA=from file\nB="two words"\n');
  expect(readEnvironment(folder, { A: '1' })).toEqual({ A: '1', B: 'two words' });
});
