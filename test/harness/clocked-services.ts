import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PasserelleClient } from '#client';
import { COMMAND_SUBJECTS } from '#contracts';
import { startSandboxBank } from '#engines';
import type { Clock } from '#kernel';
import { loadConfig, type Stoppable } from '#platform';
import { ServiceResources } from '#service';
import { type EngineUrls, engineUrls } from '#testing';
import { type JobPauses, startConnectionsWith } from '../../apps/connections/src/start.js';
import { startGateway } from '../../apps/gateway/src/start.js';
import { startSync } from '../../apps/sync/src/start.js';
import { startWebhookIngress } from '../../apps/webhook-ingress/src/start.js';
import { freePorts } from './free-ports.js';
import { SHARED_LOG_KEY } from './shared-log-key.js';
import { SandboxControl } from './sandbox-control.js';
import type { Reachable } from './stack.js';

type Sandbox = Awaited<ReturnType<typeof startSandboxBank>>;

interface Parts {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly pauses: JobPauses;
}

interface Running {
  readonly resources: ServiceResources;
  readonly services: readonly Stoppable[];
}

/** The jobs of connections look now and then by real time: once, unless a test wants more. */
const SELDOM: JobPauses = { lostLinksMs: 60_000, daysMs: 3_600_000 };

const run = async ({ env, clock, pauses }: Parts): Promise<Running> => {
  const config = loadConfig(env, { app: 'stack', embedded: false });
  const resources = await ServiceResources.open(config, 'clocked', clock);
  const services: Stoppable[] = [];
  const startConnections = (shared: ServiceResources) => startConnectionsWith(shared, pauses);
  for (const start of [startSync, startConnections, startWebhookIngress, startGateway]) {
    services.unshift(await start(resources));
  }
  return { resources, services };
};

const stopAll = async ({ resources, services }: Running): Promise<void> => {
  for (const service of services) await service.stop();
  await resources.close();
};

const IDS_OF_ONE_BANK = 10_000_000;

const SANDBOX_CLIENT = { id: '55120934', secret: 'sandbox-client-secret' };

/**
 * The services in this process, on the shared engines, by a clock of the test's; the bank is a process of its own and goes by
 * the real one. Without the scheduler: nobody asks for a sync but people and webhooks.
 */
export class ClockedServices implements Reachable {
  readonly #parts: Parts;
  #running: Running;

  private constructor(parts: Parts, running: Running) {
    this.#parts = parts;
    this.#running = running;
  }

  static async start(
    clock: Clock,
    settings: Readonly<Record<string, string>> = {},
    pauses: JobPauses = SELDOM,
  ): Promise<ClockedServices> {
    const dir = mkdtempSync(join(tmpdir(), 'passerelle-clocked-'));
    const [gateway = 0, ingress = 0, connections = 0, sync = 0, bank = 0] = await freePorts(5);
    const [webhookSecret = '', apiKey = ''] = [1, 2].map(() => randomBytes(18).toString('base64url'));
    const publicUrl = `http://localhost:${gateway}`;
    const sandbox = await startSandboxBank({
      dataDir: join(dir, 'bank'),
      logFile: join(dir, 'bank.log'),
      entry: resolve('dist/apps/sandbox-bank/src/main.js'),
      port: bank,
      settings: {
        'client-id': SANDBOX_CLIENT.id,
        'client-secret': SANDBOX_CLIENT.secret,
        'webhook-url': `http://127.0.0.1:${ingress}/webhooks/powens`,
        'webhook-secret': webhookSecret,
        'redirect-uri': `${publicUrl}/v1/link/callback`,
        // A webhook of another bank with the same id would be taken for a repetition.
        'ids-after': String(randomInt(1_000_000) * IDS_OF_ONE_BANK),
      },
    });
    const { eventStoreUrl, natsUrl, databaseUrl }: EngineUrls = engineUrls();
    const env = {
      EVENTSTORE_URL: eventStoreUrl,
      NATS_URL: natsUrl,
      DATABASE_URL: databaseUrl,
      ENCRYPTION_KEY: SHARED_LOG_KEY,
      PASSERELLE_API_KEY: apiKey,
      PUBLIC_URL: publicUrl,
      POWENS_CLIENT_ID: SANDBOX_CLIENT.id,
      POWENS_CLIENT_SECRET: SANDBOX_CLIENT.secret,
      POWENS_WEBHOOK_SECRET: webhookSecret,
      POWENS_BASE_URL: `${sandbox.url}/2.0`,
      POWENS_WEBVIEW_URL: sandbox.url,
      PORT: String(gateway),
      WEBHOOK_PORT: String(ingress),
      CONNECTIONS_PORT: String(connections),
      SYNC_APP_PORT: String(sync),
      LOG_LEVEL: 'error',
      // The other tests on these engines have the same bank, and by another clock.
      BANK_CIRCUIT_FAILURES: '0',
      ...settings,
    };
    const parts: Parts = { dir, env, sandbox, clock, pauses };
    return new ClockedServices(parts, await run(parts));
  }

  /** The services stop and start again; the bank and the engines go on. */
  async restart(): Promise<void> {
    await stopAll(this.#running);
    this.#running = await run(this.#parts);
  }

  /** As the scheduler does when a sync is due. */
  async announceDue(connectionId: string): Promise<void> {
    const requestId = crypto.randomUUID();
    const slot = this.#parts.clock.now().slice(0, 'YYYY-MM-DDTHH:MM'.length);
    const message = { connectionId, trigger: 'schedule', requestId, slot };
    await this.#running.resources.commands.publish(COMMAND_SUBJECTS.requestSync, message, {
      msgId: requestId,
    });
  }

  get api(): PasserelleClient {
    const { PUBLIC_URL: baseUrl = '', PASSERELLE_API_KEY: apiKey = '' } = this.#parts.env;
    return new PasserelleClient({ baseUrl, apiKey, timeoutMs: 60_000 });
  }

  get sandbox(): SandboxControl {
    return new SandboxControl(this.#parts.sandbox.url);
  }

  /** Credentials of the client that the services are at the bank. */
  get sandboxClient(): typeof SANDBOX_CLIENT {
    return SANDBOX_CLIENT;
  }

  get endpoints(): EngineUrls {
    return engineUrls();
  }

  get webhookSecret(): string {
    return this.#parts.env['POWENS_WEBHOOK_SECRET'] ?? '';
  }

  get webhookUrl(): string {
    return `http://127.0.0.1:${this.#parts.env['WEBHOOK_PORT']}/webhooks/powens`;
  }

  async dispose(): Promise<void> {
    const { sandbox, dir } = this.#parts;
    try {
      await stopAll(this.#running);
    } finally {
      await sandbox.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  }
}
