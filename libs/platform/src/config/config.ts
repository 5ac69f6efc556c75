import type { Secret } from '#kernel';
import type { LogLevel } from './environment.js';

export type AppName = 'connections' | 'sync' | 'webhook-ingress' | 'scheduler' | 'gateway' | 'stack' | 'cli';

export interface ProviderConfig {
  /** `null`: the provider is not configured here. */
  readonly clientId: string | null;
  readonly clientSecret: Secret | null;
  /** All are valid; more than one while a secret is being replaced. Empty: webhooks of this provider are refused. */
  readonly webhookSecrets: readonly Secret[];
}

export interface TenantApiKey {
  readonly tenantId: string;
  readonly key: Secret;
}

/** The environment, validated and typed. Absent is `null`. URLs have no slash at their end. */
export interface Settings {
  readonly app: AppName;
  readonly logLevel: LogLevel;
  /** Address that every app listens on. */
  readonly host: string;
  readonly ports: {
    readonly gateway: number;
    readonly webhookIngress: number;
    readonly connections: number;
    readonly sync: number;
    readonly scheduler: number;
    readonly sandbox: number;
    readonly embeddedEventStore: number;
    readonly embeddedNats: number;
    readonly embeddedDatabase: number;
  };
  /** Absolute path. */
  readonly dataDir: string;
  readonly publicUrl: string;
  /** `''` or a path that begins with a slash. */
  readonly webhookPublicPath: string;
  /** `baseUrl` is the API root with its `/2.0`; `null` without `POWENS_BASE_URL` and `POWENS_DOMAIN`. */
  readonly powens: ProviderConfig & {
    /** Static token of the console; only registering webhooks needs it. */
    readonly configToken: Secret | null;
    readonly baseUrl: string | null;
    readonly webviewUrl: string;
    /** What all processes together may ask of the domain; `null`: no limit that we know. */
    readonly callsPerMinute: number | null;
  };
  readonly tink: ProviderConfig & {
    readonly baseUrl: string;
    readonly linkUrl: string;
    /** How long after its signed time a delivery is still taken; repeats within that time are recognised exactly. */
    readonly webhookToleranceSeconds: number;
  };
  /** Addresses and networks whose `X-Forwarded-For` names the sender of a webhook. */
  readonly webhookTrustedProxies: readonly string[];
  /** Memory that all webhook bodies in flight may take together. */
  readonly webhookBodiesMib: number;
  /** Pause between the starts of two runs of one connection that webhooks ask for. */
  readonly webhookMinIntervalSeconds: number;
  /** The recent days of every account are read whole so often, and so far back. */
  readonly fullRereadEveryDays: number;
  readonly fullRereadDays: number;
  /** Webhook deliveries older than that are forgotten. */
  readonly deliveryRetentionDays: number;
  readonly syncCron: string;
  readonly syncTimeZone: string;
  /** The syncs of one slot are spread over so many seconds. */
  readonly syncSpreadSeconds: number;
  /** A run that has not ended so long after it was opened is given up. */
  readonly syncDeadlineSeconds: number;
  /** For a person who waits, the provider is asked to look at the bank first when its last look is older; 0: never. */
  readonly refreshAfterMinutes: number;
  /** A bank is left alone after so many failures in a row (0: never), for so long at most. */
  readonly bankCircuit: { readonly failures: number; readonly maxPauseSeconds: number };
  /** A command whose worker was silent for so long is given to another. */
  readonly commandTakeoverSeconds: number;
  /** One Fernet key, or several separated by commas; `null` where this app has no use for it. */
  readonly encryptionKey: Secret | null;
  readonly apiKey: Secret | null;
  readonly tenantApiKeys: readonly TenantApiKey[];
}

/** Settings of an app whose engines are known. */
export interface Config extends Settings {
  readonly eventStoreUrl: string;
  readonly natsUrl: string;
  readonly databaseUrl: string;
}

/** Settings of the public door, which knows the log and no other engine. */
export interface DoorConfig extends Settings {
  readonly eventStoreUrl: string;
}

/** Settings of a process that brings its own engines and keys where none are given (`null`). */
export interface EmbeddedConfig extends Settings {
  readonly eventStoreUrl: string | null;
  readonly natsUrl: string | null;
  readonly databaseUrl: string | null;
}
