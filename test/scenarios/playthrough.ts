import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PasserelleClient } from '#client';
import { engineUrls } from '#testing';
import {
  randomScenario,
  type RandomOptions,
  type RunningSandboxBank,
  SandboxDriver,
  ScenarioDriver,
  type ScenarioView,
  startSandboxBank,
} from '../../apps/sandbox-bank/src/index.js';
import {
  eventually,
  freshTenant,
  quietHistory,
  type Reachable,
  ReceivedEvents,
  SandboxControl,
  SHARED_LOG_KEY,
} from '../harness/index.js';
import { seededRandom } from '../soak/random.js';
import type { Services, StartServices } from './services.js';

const CLIENT = { id: '55120934', secret: 'sandbox-client-secret' };
const DAY_MS = 86_400_000;
/** Some days of a scenario look at what is new, some at everything. */
const FULL_REREAD_EVERY_DAYS = 3;
/** Further apart than all that one bank counts. */
const IDS_OF_ONE_BANK = 10_000_000;

export interface PlayOptions extends RandomOptions {
  readonly start: StartServices;
  /** The story begins so long ago that it ends before today: for services that go by the real clock. */
  readonly isPast?: boolean;
}

/** A time, by the services' clock, in which the bank was known to be in trouble from its begin to its end. */
export interface Outage {
  readonly from: string;
  readonly to: string;
  readonly state: string;
}

/** One random bank from its first day to its last, and the services that follow it, killed once on the way. */
export class Playthrough implements Reachable {
  /** What happened, for whoever looks at a failure. */
  readonly story: string[] = [];
  readonly outages: Outage[] = [];
  readonly tenantId = freshTenant();
  connectionId = '';
  scenarioId = '';
  readonly received = new ReceivedEvents(this.tenantId);
  readonly #random: () => number;
  readonly #dir: string;
  readonly #bank: RunningSandboxBank;
  readonly #services: Services;

  private constructor(parts: {
    random: () => number;
    dir: string;
    bank: RunningSandboxBank;
    services: Services;
  }) {
    this.#random = parts.random;
    this.#dir = parts.dir;
    this.#bank = parts.bank;
    this.#services = parts.services;
  }

  /** The bank stands at its first day, linked and imported, and somebody listens to all events. */
  static async begin(seed: number, { start, isPast = false, ...options }: PlayOptions): Promise<Playthrough> {
    const dir = mkdtempSync(join(tmpdir(), 'passerelle-scenario-'));
    const webhookSecret = randomBytes(18).toString('base64url');
    const bank = await startSandboxBank({
      port: 0,
      dataDir: dir,
      seed: `scenario ${seed}`,
      idsAfter: randomInt(1_000_000) * IDS_OF_ONE_BANK,
      settings: { syncDelayMs: 0, recentSyncMs: 0, flushEveryMs: 200, webhookSecret },
    });
    const scenarios = new ScenarioDriver(bank.url);
    const control = new SandboxControl(bank.url);
    const scenario = randomScenario(seed, options);
    if (isPast) {
      const begin = new Date(Date.now() - ((options.days ?? 20) + 2) * DAY_MS).toISOString();
      await control.call('PUT', '/clock', { now: begin, mode: 'frozen' });
    }
    const { id } = await scenarios.load(scenario, { keepClock: isPast });
    const { now } = await control.call<{ now: string }>('GET', '/clock');
    const settings = {
      ENCRYPTION_KEY: SHARED_LOG_KEY,
      PASSERELLE_API_KEY: randomBytes(18).toString('base64url'),
      POWENS_CLIENT_ID: CLIENT.id,
      POWENS_CLIENT_SECRET: CLIENT.secret,
      POWENS_WEBHOOK_SECRET: webhookSecret,
      POWENS_BASE_URL: `${bank.url}/2.0`,
      POWENS_WEBVIEW_URL: bank.url,
      WEBHOOK_MIN_INTERVAL_SECONDS: '1',
      SYNC_DEADLINE_SECONDS: '86400',
      DELIVERY_RETENTION_DAYS: '3650',
      FULL_REREAD_EVERY_DAYS: String(FULL_REREAD_EVERY_DAYS),
      LOG_LEVEL: 'fatal',
      // The other tests on these engines have the same bank, and by another clock.
      BANK_CIRCUIT_FAILURES: '0',
    };
    const closing: (() => Promise<unknown>)[] = [() => bank.stop()];
    try {
      const services = await start(settings, now);
      closing.unshift(() => services.stop());
      const play = new Playthrough({ random: seededRandom(seed), dir, bank, services });
      closing.unshift(() => play.received.stop());
      play.scenarioId = id;
      await play.#begin();
      return play;
    } catch (error) {
      for (const close of closing) await close();
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  get api(): PasserelleClient {
    return this.#services.api;
  }

  get sandbox(): SandboxControl {
    return new SandboxControl(this.#bank.url);
  }

  bankView(): Promise<ScenarioView> {
    return this.#scenarios.view(this.scenarioId);
  }

  /** Day by day to the end; the services are killed before, in or after a day's play, at any moment. */
  async play(): Promise<void> {
    const { of, played } = await this.bankView();
    const killedOn = played + Math.floor(this.#random() * (of - played));
    for (let group = played; group < of; group += 1) await this.#playGroup(group === killedOn);
  }

  /** Nothing is on its way or open any more. */
  async settle(): Promise<void> {
    await eventually(
      async () => {
        const waiting = (await this.sandbox.webhooks()).filter(
          ({ delivered, held }) => delivered === 0 && held === 0,
        );
        if (waiting.length === 0) return;
        const tries = waiting.map(({ id, event, lastError }) => `${id} (${event}): ${lastError}`);
        throw new Error(`Webhooks are on their way: ${tries.join(', ')}`);
      },
      { withinMs: 60_000 },
    );
    await quietHistory(this, this.connectionId, { withinMs: 120_000 });
  }

  /** Until the next sync looks at everything anew: no day shows by itself that a row is gone without a trace. */
  async untilFullReread(): Promise<void> {
    const { now } = await this.#scenarios.advance({ days: FULL_REREAD_EVERY_DAYS + 1 });
    this.#services.reach(now);
  }

  async dispose(): Promise<void> {
    try {
      await this.received.stop();
      await this.#services.stop();
    } finally {
      await this.#bank.stop();
      rmSync(this.#dir, { recursive: true, force: true });
    }
  }

  get #scenarios(): ScenarioDriver {
    return new ScenarioDriver(this.#bank.url);
  }

  async #begin(): Promise<void> {
    await this.received.start(engineUrls().natsUrl);
    await this.sandbox.configure({ webhookUrl: this.#services.webhookUrl });
    const user = await new SandboxDriver(this.#bank.url, CLIENT.id, CLIENT.secret).newUser();
    const linked = await this.#scenarios.link(this.scenarioId, user.userId);
    const { accounts } = await this.bankView();
    const opened = await this.api.openConnection({
      tenantId: this.tenantId,
      companyId: 'company-1',
      accountId: accounts[0]?.ref ?? '',
      institutionId: 'BNPAFRPP',
      iban: accounts[0]?.iban ?? '',
      syncDaysBack: 90,
      credentials: {
        accessToken: user.token,
        providerUserId: String(user.userId),
        providerConnectionId: String(linked.id),
      },
    });
    this.connectionId = opened.id;
    await this.settle();
    for (const { ref, accountIds } of accounts.slice(1)) {
      const [accountId] = accountIds;
      await this.api.decideOnAccount(opened.id, String(accountId), { action: 'track', accountId: ref });
    }
  }

  async #playGroup(isKilled: boolean): Promise<void> {
    const { next } = await this.bankView();
    if (!next) throw new Error('The scenario is over already.');
    await this.#scenarios.playNext(this.scenarioId);
    this.#services.reach(next.at);
    const [before, from] = [await this.#state(), this.#services.clock.now()];
    this.story.push(`${next.at} day ${next.day}: ${next.steps.join(', ')}${before ? ` → ${before}` : ''}`);
    if (this.#random() < 0.6) await this.#ask(this.#random() < 0.5 ? 'manual' : 'schedule');
    if (isKilled) await this.#kill();
    if (this.#random() < 0.8) await this.settle();
    const to = this.#services.clock.now();
    if (before !== null && before === (await this.#state())) this.outages.push({ from, to, state: before });
  }

  async #state(): Promise<string | null> {
    const [connection] = (await this.bankView()).connections;
    return connection?.state ?? null;
  }

  async #ask(trigger: 'manual' | 'schedule'): Promise<void> {
    this.story.push(`  a sync is asked for (${trigger})`);
    const { connectionId } = this;
    if (trigger === 'manual') await this.api.requestSync(connectionId);
    else await this.#services.announceDue(connectionId);
  }

  async #kill(): Promise<void> {
    const afterMs = Math.floor(this.#random() * 150);
    this.story.push(`  the services are cut off after ${afterMs} ms and start again`);
    await pause(afterMs);
    await this.#services.killAndStartAgain();
    await this.sandbox.configure({ webhookUrl: this.#services.webhookUrl });
  }
}
