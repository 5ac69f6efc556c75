import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PasserelleClient } from '#client';
import { startSandboxBank } from '#engines';
import {
  ChildProgram,
  eventually,
  freePorts,
  inherited,
  processesIn,
  type Reachable,
  SandboxControl,
} from '../harness/index.js';
import { healthOf } from './health.js';
import { OwnEngines } from './own-engines.js';

export type AppName = 'connections' | 'sync' | 'webhook-ingress' | 'scheduler' | 'gateway';

const PORT_OF = {
  gateway: 'PORT',
  'webhook-ingress': 'WEBHOOK_PORT',
  connections: 'CONNECTIONS_PORT',
  sync: 'SYNC_APP_PORT',
  scheduler: 'SCHEDULER_PORT',
} as const satisfies Record<AppName, string>;

type Sandbox = Awaited<ReturnType<typeof startSandboxBank>>;

/** One process of one app. */
export interface Replica {
  readonly program: ChildProgram;
  readonly port: number;
}

const CLIENT_ID = '55120934';

interface Parts {
  readonly dir: string;
  readonly engines: OwnEngines;
  readonly sandbox: Sandbox;
  readonly ports: Readonly<Record<AppName, number>>;
  readonly env: Readonly<Record<string, string>>;
}

/** What `docker-compose.yml` describes, by hand: engines, the bank, and each app as a process of its own. */
export class Topology implements Reachable {
  readonly engines: OwnEngines;
  readonly ports: Readonly<Record<AppName, number>>;
  readonly env: Readonly<Record<string, string>>;
  readonly #parts: Parts;
  readonly #replicas: Replica[] = [];

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.engines = parts.engines;
    this.ports = parts.ports;
    this.env = parts.env;
  }

  /** Engines and the bank; no app yet. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<Topology> {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'passerelle-topology-')));
    const engines = await OwnEngines.start();
    const [gateway = 0, ingress = 0, connections = 0, sync = 0, scheduler = 0, bank = 0] = await freePorts(6);
    const [clientSecret, webhookSecret, apiKey] = Array.from({ length: 3 }, () =>
      randomBytes(18).toString('base64url'),
    );
    const publicUrl = `http://localhost:${gateway}`;
    const sandbox = await startSandboxBank({
      dataDir: join(dir, 'bank'),
      logFile: join(dir, 'logs', 'bank.log'),
      entry: resolve('dist/apps/sandbox-bank/src/main.js'),
      port: bank,
      settings: {
        'client-id': CLIENT_ID,
        'client-secret': clientSecret ?? '',
        'webhook-url': `http://127.0.0.1:${ingress}/webhooks/powens`,
        'webhook-secret': webhookSecret ?? '',
        'redirect-uri': `${publicUrl}/v1/link/callback`,
      },
    });
    const { eventStoreUrl, natsUrl, databaseUrl } = engines.urls;
    const env = {
      ...inherited(),
      EVENTSTORE_URL: eventStoreUrl,
      NATS_URL: natsUrl,
      DATABASE_URL: databaseUrl,
      ENCRYPTION_KEY: `${randomBytes(32).toString('base64url')}=`,
      PASSERELLE_API_KEY: apiKey ?? '',
      PUBLIC_URL: publicUrl,
      POWENS_CLIENT_ID: CLIENT_ID,
      POWENS_CLIENT_SECRET: clientSecret ?? '',
      POWENS_WEBHOOK_SECRET: webhookSecret ?? '',
      POWENS_BASE_URL: `${sandbox.url}/2.0`,
      POWENS_WEBVIEW_URL: sandbox.url,
      ...settings,
    };
    const ports = { gateway, 'webhook-ingress': ingress, connections, sync, scheduler };
    return new Topology({ dir, engines, sandbox, ports, env });
  }

  get api(): PasserelleClient {
    return new PasserelleClient({
      baseUrl: `http://127.0.0.1:${this.ports.gateway}`,
      apiKey: this.env['PASSERELLE_API_KEY'] ?? '',
      timeoutMs: 60_000,
    });
  }

  get sandbox(): SandboxControl {
    return new SandboxControl(this.#parts.sandbox.url);
  }

  get webhookSecret(): string {
    return this.env['POWENS_WEBHOOK_SECRET'] ?? '';
  }

  get webhookUrl(): string {
    return `http://127.0.0.1:${this.ports['webhook-ingress']}/webhooks/powens`;
  }

  /** One process of `app`, on its usual port or on another one; resolves when it is ready. */
  async launch(app: AppName, port: number = this.ports[app]): Promise<Replica> {
    const cwd = join(this.#parts.dir, `${app}-${this.#replicas.length}`);
    mkdirSync(cwd);
    const program = new ChildProgram({
      entry: `dist/apps/${app}/src/main.js`,
      env: { ...this.env, [PORT_OF[app]]: String(port) },
      cwd,
      logFile: join(cwd, 'log'),
    });
    const replica = { program, port };
    this.#replicas.push(replica);
    await program.until(async () => {
      const { code, down } = await healthOf(port);
      if (code !== 200) throw new Error(down.join('; '));
    }, 60_000);
    return replica;
  }

  /** Stops the apps gracefully, then what they stood on; nothing is left. */
  async dispose(): Promise<void> {
    try {
      await Promise.all(
        this.#replicas.filter(({ program }) => !program.hasExited).map(({ program }) => program.stop()),
      );
    } finally {
      await this.#parts.sandbox.stop();
      await this.engines.dispose();
    }
    await eventually(() => {
      const left = processesIn(this.#parts.dir);
      if (left.length > 0) throw new Error(`Processes are left:\n${left.join('\n')}`);
    });
    rmSync(this.#parts.dir, { recursive: true, force: true });
  }
}
