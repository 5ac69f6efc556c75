import { resolve } from 'node:path';
import { Secret } from '#kernel';
import { validateSync } from 'class-validator';
import type { AppName, Config, DoorConfig, EmbeddedConfig, Settings } from './config.js';
import { ConfigError, type ConfigFault } from './config-error.js';
import { Environment, type VariableName } from './environment.js';
import type { RawEnvironment } from './read-environment.js';
import { relationFaults } from './relation-faults.js';

export interface ConfigPurpose {
  readonly app: AppName;
  /** The process starts its own engines and makes its own keys where none are given. */
  readonly embedded: boolean;
}

/** Empty variables count as not set, as in a compose file that passes on what is not there. */
const environmentOf = (raw: RawEnvironment): Environment => {
  const environment = new Environment();
  for (const name of Object.keys(environment) as VariableName[]) {
    const text = raw[name]?.trim();
    if (!text) continue;
    Object.assign(environment, { [name]: typeof environment[name] === 'number' ? Number(text) : text });
  }
  return environment;
};

const ruleFaults = (environment: Environment): ConfigFault[] =>
  validateSync(environment).map(({ property, constraints }) => ({
    variable: property,
    problem: Object.values(constraints ?? {})[0] ?? 'is not valid',
  }));

const secret = (text: string | undefined): Secret | null => (text === undefined ? null : new Secret(text));
const secrets = (list: string | undefined): Secret[] =>
  list?.split(',').map((text) => new Secret(text)) ?? [];
const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

const powensRoot = (env: Environment): string | null => {
  if (env.POWENS_BASE_URL) return withoutSlash(env.POWENS_BASE_URL);
  return env.POWENS_DOMAIN ? `https://${env.POWENS_DOMAIN}.biapi.pro/2.0` : null;
};

/** Powens' limit for sandbox domains; that of others is in their contract. */
const SANDBOX_CALLS_PER_MINUTE = 30;

const powensLimit = (env: Environment): number | null => {
  if (env.POWENS_CALLS_PER_MINUTE > 0) return env.POWENS_CALLS_PER_MINUTE;
  const root = powensRoot(env);
  const host = root !== null && URL.canParse(root) ? new URL(root).hostname : '';
  return host.endsWith('-sandbox.biapi.pro') ? SANDBOX_CALLS_PER_MINUTE : null;
};

const portsOf = (env: Environment): Settings['ports'] => ({
  gateway: env.PORT,
  webhookIngress: env.WEBHOOK_PORT,
  connections: env.CONNECTIONS_PORT,
  sync: env.SYNC_APP_PORT,
  scheduler: env.SCHEDULER_PORT,
  sandbox: env.SANDBOX_PORT,
  embeddedEventStore: env.EMBEDDED_EVENTSTORE_PORT,
  embeddedNats: env.EMBEDDED_NATS_PORT,
  embeddedDatabase: env.EMBEDDED_DATABASE_PORT,
});

const providersOf = (env: Environment): Pick<Settings, 'powens' | 'tink'> => ({
  powens: {
    clientId: env.POWENS_CLIENT_ID ?? null,
    clientSecret: secret(env.POWENS_CLIENT_SECRET),
    webhookSecrets: secrets(env.POWENS_WEBHOOK_SECRET),
    configToken: secret(env.POWENS_CONFIG_TOKEN),
    baseUrl: powensRoot(env),
    webviewUrl: withoutSlash(env.POWENS_WEBVIEW_URL),
    callsPerMinute: powensLimit(env),
  },
  tink: {
    clientId: env.TINK_CLIENT_ID ?? null,
    clientSecret: secret(env.TINK_CLIENT_SECRET),
    webhookSecrets: secrets(env.TINK_WEBHOOK_SECRET),
    baseUrl: withoutSlash(env.TINK_BASE_URL ?? 'https://api.tink.com'),
    linkUrl: withoutSlash(env.TINK_LINK_URL ?? 'https://link.tink.com/1.0'),
    webhookToleranceSeconds: env.TINK_WEBHOOK_TOLERANCE_SECONDS,
  },
});

const tenantKeysOf = (env: Environment): Settings['tenantApiKeys'] =>
  (env.PASSERELLE_TENANT_API_KEYS?.split(',') ?? []).map((pair) => {
    const colon = pair.indexOf(':');
    return { tenantId: pair.slice(0, colon), key: new Secret(pair.slice(colon + 1)) };
  });

const settingsOf = (app: AppName, env: Environment): EmbeddedConfig => ({
  app,
  logLevel: env.LOG_LEVEL,
  host: env.HOST,
  ports: portsOf(env),
  dataDir: resolve(env.PASSERELLE_DATA_DIR),
  publicUrl: withoutSlash(env.PUBLIC_URL),
  webhookPublicPath: withoutSlash(env.WEBHOOK_PUBLIC_PATH),
  webhookTrustedProxies: env.WEBHOOK_TRUSTED_PROXIES?.split(',') ?? [],
  webhookBodiesMib: env.WEBHOOK_BODIES_MIB,
  webhookMinIntervalSeconds: env.WEBHOOK_MIN_INTERVAL_SECONDS,
  fullRereadEveryDays: env.FULL_REREAD_EVERY_DAYS,
  fullRereadDays: env.FULL_REREAD_DAYS,
  deliveryRetentionDays: env.DELIVERY_RETENTION_DAYS,
  ...providersOf(env),
  syncCron: env.SYNC_CRON,
  syncTimeZone: env.SYNC_TIMEZONE,
  syncSpreadSeconds: env.SYNC_SPREAD_SECONDS,
  syncDeadlineSeconds: env.SYNC_DEADLINE_SECONDS,
  refreshAfterMinutes: env.REFRESH_AFTER_MINUTES,
  bankCircuit: {
    failures: env.BANK_CIRCUIT_FAILURES,
    maxPauseSeconds: env.BANK_CIRCUIT_MAX_PAUSE_SECONDS,
  },
  commandTakeoverSeconds: env.COMMAND_TAKEOVER_SECONDS,
  encryptionKey: secret(env.ENCRYPTION_KEY),
  apiKey: secret(env.PASSERELLE_API_KEY),
  tenantApiKeys: tenantKeysOf(env),
  eventStoreUrl: env.EVENTSTORE_URL ?? null,
  natsUrl: env.NATS_URL ?? null,
  databaseUrl: env.DATABASE_URL ?? null,
});

/**
 * The environment as typed values.
 * @throws {ConfigError} with every fault at once, without any secret
 */
export function loadConfig(
  raw: RawEnvironment,
  purpose: { readonly app: 'webhook-ingress'; readonly embedded: false },
): DoorConfig;
export function loadConfig(
  raw: RawEnvironment,
  purpose: ConfigPurpose & { readonly embedded: false },
): Config;
export function loadConfig(raw: RawEnvironment, purpose: ConfigPurpose): EmbeddedConfig;
export function loadConfig(
  raw: RawEnvironment,
  { app, embedded }: ConfigPurpose,
): EmbeddedConfig | DoorConfig {
  const environment = environmentOf(raw);
  const faults = ruleFaults(environment);
  faults.push(...relationFaults(environment, { app, embedded }));
  if (faults.length > 0) throw new ConfigError(faults);
  return settingsOf(app, environment);
}
