import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PasserelleClient } from '#client';
import {
  type RunningSandboxBank,
  ScenarioDriver,
  startSandboxBank,
} from '../../apps/sandbox-bank/src/index.js';
import { eventually, type Reachable, SandboxControl, SHARED_LOG_KEY } from '../harness/index.js';
import { type BankManners, bankManners } from './bank-manners.js';
import type { Services, StartServices } from './services.js';

export const BANK_CLIENT = { id: '55120934', secret: 'sandbox-client-secret' };
/** Some days of a scenario look at what is new, some at everything. */
const FULL_REREAD_EVERY_DAYS = 3;
const DAY_MS = 86_400_000;
/** The bank's page sends people back there, wherever the services are by then. */
const PUBLIC_URL = 'http://localhost:3000';
/** Further apart than all that one bank counts. */
const IDS_OF_ONE_BANK = 10_000_000;

export interface StageOptions {
  readonly start: StartServices;
  /** The bank's clock at the beginning: a wall time of Paris, or an instant. */
  readonly begin: string;
  readonly seed: string;
  readonly random: () => number;
}

const settingsFor = (bankUrl: string, webhookSecret: string): Record<string, string> => ({
  ENCRYPTION_KEY: SHARED_LOG_KEY,
  PASSERELLE_API_KEY: randomBytes(18).toString('base64url'),
  POWENS_CLIENT_ID: BANK_CLIENT.id,
  POWENS_CLIENT_SECRET: BANK_CLIENT.secret,
  POWENS_WEBHOOK_SECRET: webhookSecret,
  POWENS_BASE_URL: `${bankUrl}/2.0`,
  POWENS_WEBVIEW_URL: bankUrl,
  PUBLIC_URL,
  WEBHOOK_MIN_INTERVAL_SECONDS: '1',
  SYNC_DEADLINE_SECONDS: '86400',
  COMMAND_TAKEOVER_SECONDS: '2',
  DELIVERY_RETENTION_DAYS: '3650',
  FULL_REREAD_EVERY_DAYS: String(FULL_REREAD_EVERY_DAYS),
  LOG_LEVEL: 'fatal',
  // The banks of other rounds have the same name, and another clock; those of this one fail each for itself.
  BANK_CIRCUIT_FAILURES: '0',
});

/** What the scenarios of a round share: one bank with its clock, and the services that follow it and can be killed. */
export class Stage implements Reachable {
  readonly #dir: string;
  readonly #bank: RunningSandboxBank;
  readonly #services: Services;
  readonly manners: BankManners;
  #now = '';
  #settledTo = 0;

  private constructor(parts: {
    dir: string;
    bank: RunningSandboxBank;
    services: Services;
    manners: BankManners;
  }) {
    this.#dir = parts.dir;
    this.#bank = parts.bank;
    this.#services = parts.services;
    this.manners = parts.manners;
  }

  static async open({ start, begin, seed, random }: StageOptions): Promise<Stage> {
    const dir = mkdtempSync(join(tmpdir(), 'passerelle-scenario-'));
    const webhookSecret = randomBytes(18).toString('base64url');
    const manners = bankManners(random);
    const bank = await startSandboxBank({
      port: 0,
      dataDir: dir,
      seed,
      idsAfter: randomInt(1_000_000) * IDS_OF_ONE_BANK,
      settings: {
        syncDelayMs: 0,
        recentSyncMs: 0,
        flushEveryMs: 200,
        webhookSecret,
        redirectUris: [`${PUBLIC_URL}/v1/link/callback`],
        ...manners,
      },
    });
    const control = new SandboxControl(bank.url);
    try {
      const clock = await control.call<{ now: string }>('PUT', '/clock', { now: begin, mode: 'frozen' });
      const services = await start(settingsFor(bank.url, webhookSecret), clock.now);
      const stage = new Stage({ dir, bank, services, manners });
      stage.#now = clock.now;
      await stage.#tellWhereWebhooksGo();
      return stage;
    } catch (error) {
      await bank.stop();
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  get api(): PasserelleClient {
    return this.#services.api;
  }

  get bankUrl(): string {
    return this.#bank.url;
  }

  get sandbox(): SandboxControl {
    return new SandboxControl(this.#bank.url);
  }

  get scenarios(): ScenarioDriver {
    return new ScenarioDriver(this.#bank.url);
  }

  get services(): Services {
    return this.#services;
  }

  /** Everything until then happens at the bank; the services' clock is not behind. */
  async reach(to: string): Promise<void> {
    if (to > this.#now) this.#now = (await this.scenarios.advance({ to })).now;
    this.#services.reach(this.#now);
  }

  /** Until the next sync looks at everything anew: no day shows by itself that a row is gone without a trace. */
  async untilFullReread(): Promise<void> {
    const laterMs = (FULL_REREAD_EVERY_DAYS + 1) * DAY_MS;
    const clock = Date.parse(this.#services.clock.now());
    await this.reach(new Date(Date.parse(this.#now) + laterMs).toISOString());
    await this.#services.startAgainAt(
      new Date(Math.max(Date.parse(this.#now), clock + laterMs)).toISOString(),
    );
    await this.#tellWhereWebhooksGo();
  }

  async killAndStartAgain(): Promise<void> {
    await this.#services.killAndStartAgain();
    await this.#tellWhereWebhooksGo();
  }

  /** No webhook is on its way any more, unless none can arrive now; held ones do not count. */
  async webhooksArrived(): Promise<void> {
    const { webhookFault, webhooksPaused } = await this.sandbox.call<{
      webhookFault: string | null;
      webhooksPaused: boolean;
    }>('GET', '/settings');
    if (webhookFault !== null || webhooksPaused) return;
    await eventually(
      async () => {
        const sent = await this.sandbox.webhooks(this.#settledTo);
        const waiting = sent.filter(({ delivered, held }) => delivered === 0 && held === 0);
        if (waiting.length > 0) {
          const tries = waiting.map(({ id, event, lastError }) => `${id} (${event}): ${lastError}`);
          throw new Error(`Webhooks are on their way: ${tries.join(', ')}`);
        }
        if (sent.every(({ delivered }) => delivered !== 0))
          this.#settledTo = sent.at(-1)?.id ?? this.#settledTo;
      },
      // Days of them wait one after the other when what kept them away is over.
      { withinMs: 240_000, everyMs: 100 },
    );
  }

  async close(): Promise<void> {
    try {
      await this.#services.stop();
    } finally {
      await this.#bank.stop();
      rmSync(this.#dir, { recursive: true, force: true });
    }
  }

  async #tellWhereWebhooksGo(): Promise<void> {
    await this.sandbox.configure({ webhookUrl: this.#services.webhookUrl });
  }
}
