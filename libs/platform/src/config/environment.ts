import 'reflect-metadata';
import { IsIn, IsInt, IsOptional, IsUrl, Matches, Max, Min } from 'class-validator';
import { IsCronPattern, IsTimeZone } from './schedule-rules.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Makes one; also what the error about a missing key tells. */
export const NEW_FERNET_KEY = `node -p "crypto.randomBytes(32).toString('base64url') + '='"`;

const Port = (): PropertyDecorator => (target, key) => {
  const message = `must be a port from 0 to 65535 (it is "$value")`;
  for (const rule of [IsInt({ message }), Min(0, { message }), Max(65_535, { message })]) rule(target, key);
};

const Count =
  (least: number, most: number, unit: string): PropertyDecorator =>
  (target, key) => {
    const message = `must be a number of ${unit} from ${least} to ${most} (it is "$value")`;
    for (const rule of [IsInt({ message }), Min(least, { message }), Max(most, { message })])
      rule(target, key);
  };

const Seconds = (least: number, most: number): PropertyDecorator => Count(least, most, 'seconds');

const HttpUrl = (): PropertyDecorator => (target, key) => {
  const message = 'must be an http:// or https:// address, such as https://example.com';
  const options = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
  for (const rule of [IsOptional(), IsUrl(options, { message })]) rule(target, key);
};

const Text =
  (pattern: RegExp, message: string): PropertyDecorator =>
  (target, key) => {
    for (const rule of [IsOptional(), Matches(pattern, { message })]) rule(target, key);
  };

const Plain = (): PropertyDecorator => Text(/^\S+$/, 'must not contain spaces');
const PlainList = (): PropertyDecorator =>
  Text(/^[^\s,]+(,[^\s,]+)*$/, 'must be one value, or several separated by commas without spaces');

/**
 * Every variable that Passerelle reads, by its own name, with its default and its rule. A field that holds a number by
 * default is given as a number. Messages never repeat a value that may be secret.
 */
export class Environment {
  @Plain() POWENS_CLIENT_ID?: string;
  @Plain() POWENS_CLIENT_SECRET?: string;
  @PlainList() POWENS_WEBHOOK_SECRET?: string;
  @Plain() POWENS_CONFIG_TOKEN?: string;
  @Text(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i, 'must be the name before ".biapi.pro", such as acme or acme-sandbox')
  POWENS_DOMAIN?: string;
  @HttpUrl() POWENS_BASE_URL?: string;
  @Count(0, 3_000, 'calls') POWENS_CALLS_PER_MINUTE = 0;
  @HttpUrl() POWENS_WEBVIEW_URL = 'https://webview.powens.com';

  @Plain() TINK_CLIENT_ID?: string;
  @Plain() TINK_CLIENT_SECRET?: string;
  @PlainList() TINK_WEBHOOK_SECRET?: string;
  @Seconds(300, 604_800) TINK_WEBHOOK_TOLERANCE_SECONDS = 86_400;
  @HttpUrl() TINK_BASE_URL?: string;
  @HttpUrl() TINK_LINK_URL?: string;

  @Text(
    /^[A-Za-z0-9_-]{43}=(,[A-Za-z0-9_-]{43}=)*$/,
    `must be a Fernet key (44 characters), or several separated by commas; make one with: ${NEW_FERNET_KEY}`,
  )
  ENCRYPTION_KEY?: string;
  @Plain() PASSERELLE_API_KEY?: string;
  @Text(
    /^[\w-]+:[^\s,:]+(,[\w-]+:[^\s,:]+)*$/,
    'must be tenant:key, or several separated by commas; a tenant consists of A-Z a-z 0-9 _ -',
  )
  PASSERELLE_TENANT_API_KEYS?: string;

  @Text(/^(esdb|kurrentdb)(\+discover)?:\/\/\S+$/, 'must begin with kurrentdb:// or esdb://')
  EVENTSTORE_URL?: string;
  @Text(/^(nats|tls|wss?):\/\/\S+$|^[\w.-]+:\d+$/, 'must be an address such as nats://localhost:4222')
  NATS_URL?: string;
  @Text(
    /^postgres(ql)?:\/\/\S+$/,
    'must be an address such as postgresql://user:password@localhost:5432/passerelle',
  )
  DATABASE_URL?: string;

  PASSERELLE_DATA_DIR = './.passerelle';
  @Port() EMBEDDED_EVENTSTORE_PORT = 2113;
  @Port() EMBEDDED_NATS_PORT = 4222;
  @Port() EMBEDDED_DATABASE_PORT = 5433;
  @Port() SANDBOX_PORT = 3002;

  @Text(/^[\w.:-]+$/, 'must be the address to listen on, such as 127.0.0.1 or 0.0.0.0') HOST = '127.0.0.1';
  @Port() PORT = 3000;
  @Port() WEBHOOK_PORT = 3001;
  @Port() CONNECTIONS_PORT = 3010;
  @Port() SYNC_APP_PORT = 3011;
  @Port() SCHEDULER_PORT = 3012;
  @Text(/^(\/[\w.~%-]+)*\/?$/, 'must be a path such as /hooks, or empty') WEBHOOK_PUBLIC_PATH = '';
  @Text(
    /^[0-9a-f.:]+(\/\d{1,3})?(,[0-9a-f.:]+(\/\d{1,3})?)*$/i,
    'must be an address such as 10.0.0.1 or 10.0.0.0/8, or several separated by commas',
  )
  WEBHOOK_TRUSTED_PROXIES?: string;
  @Count(64, 4_096, 'MiB') WEBHOOK_BODIES_MIB = 192;
  @Seconds(0, 3_600) WEBHOOK_MIN_INTERVAL_SECONDS = 10;
  @Count(1, 365, 'days') FULL_REREAD_EVERY_DAYS = 7;
  @Count(1, 3_650, 'days') FULL_REREAD_DAYS = 90;
  @Count(1, 3_650, 'days') DELIVERY_RETENTION_DAYS = 90;
  @HttpUrl() PUBLIC_URL = 'http://localhost:3000';

  @IsCronPattern() SYNC_CRON = '0 2 * * *';
  @IsTimeZone() SYNC_TIMEZONE = 'Europe/Paris';
  @Seconds(0, 86_400) SYNC_SPREAD_SECONDS = 900;
  @Seconds(1, 86_400) SYNC_DEADLINE_SECONDS = 1_800;
  @Count(0, 10_080, 'minutes') REFRESH_AFTER_MINUTES = 60;
  @Count(0, 1_000, 'failures') BANK_CIRCUIT_FAILURES = 5;
  @Seconds(60, 86_400) BANK_CIRCUIT_MAX_PAUSE_SECONDS = 900;
  @Seconds(1, 3_600) COMMAND_TAKEOVER_SECONDS = 30;

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')} (it is "$value")` })
  LOG_LEVEL: LogLevel = 'info';
}

export type VariableName = keyof Environment;
