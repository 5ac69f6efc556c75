import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '#kernel';
import { ConfigError, type EmbeddedConfig, loadConfig, type RawEnvironment } from '#platform';

type Engine = 'eventStoreUrl' | 'natsUrl' | 'databaseUrl';

/** What a stack that runs on the data folder says of itself. */
interface Endpoints extends Readonly<Record<Engine, string>> {
  readonly webhookUrl: string;
  readonly sandboxUrl: string | null;
}

/** The keys that such a stack made for itself. */
interface LocalKeys {
  readonly encryptionKey: string;
  readonly sandboxWebhookSecret: string;
}

const VARIABLES: Readonly<Record<Engine, string>> = {
  eventStoreUrl: 'EVENTSTORE_URL',
  natsUrl: 'NATS_URL',
  databaseUrl: 'DATABASE_URL',
};

const fileIn = async <T>(dataDir: string, name: string): Promise<T | null> => {
  const text = await readFile(join(dataDir, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as T);
};

/** The installation that a command is about: what the environment says, else the stack that runs on this data folder. */
export class Installation {
  private constructor(
    readonly config: EmbeddedConfig,
    private readonly endpoints: Endpoints | null,
    private readonly keys: LocalKeys | null,
  ) {}

  /** @throws {ConfigError} */
  static async find(env: RawEnvironment): Promise<Installation> {
    const config = loadConfig(env, { app: 'cli', embedded: true });
    return new Installation(
      config,
      await fileIn<Endpoints>(config.dataDir, 'endpoints.json'),
      await fileIn<LocalKeys>(config.dataDir, 'keys.json'),
    );
  }

  /** @throws {ConfigError} neither the environment nor a running stack names one of them */
  addresses<E extends Engine>(...engines: readonly E[]): Readonly<Record<E, string>> {
    const { config, endpoints } = this;
    const found = engines.map((engine) => [engine, config[engine] ?? endpoints?.[engine] ?? null] as const);
    const missing = found.filter(([, url]) => url === null).map(([engine]) => VARIABLES[engine]);
    if (missing.length === 0) return Object.fromEntries(found) as Readonly<Record<E, string>>;
    const problem = `is not set, and no stack runs on ${config.dataDir}: start it in another terminal with "npm start", or name the external engines`;
    throw new ConfigError([{ variable: missing.join(', '), problem }]);
  }

  /** What seals and opens; `null`: nobody said. */
  get encryptionKey(): Secret | null {
    const { config, keys } = this;
    return config.encryptionKey ?? (keys ? new Secret(keys.encryptionKey) : null);
  }

  /** Where the sandbox bank is; `null`: a real provider is configured, or no stack runs. */
  get sandboxUrl(): string | null {
    const { powens, tink } = this.config;
    return powens.clientId === null && tink.clientId === null ? (this.endpoints?.sandboxUrl ?? null) : null;
  }

  /** The public door on this machine, for the sandbox bank. */
  get doorUrl(): string | null {
    return this.endpoints?.webhookUrl ?? null;
  }

  /** Secrets that the door has from its environment; with the sandbox bank, the one that the stack made for both. */
  environmentSecrets(provider: 'powens' | 'tink'): readonly Secret[] {
    const { webhookSecrets } = this.config[provider];
    if (webhookSecrets.length > 0 || provider === 'tink' || this.sandboxUrl === null) return webhookSecrets;
    return this.keys ? [new Secret(this.keys.sandboxWebhookSecret)] : [];
  }
}
