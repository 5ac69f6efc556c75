import { type PasserelleClient, PasserelleProblem, type SyncView } from '#client';
import { engineUrls } from '#testing';
import {
  randomScenario,
  type RandomOptions,
  SandboxDriver,
  type ScenarioView,
} from '../../apps/sandbox-bank/src/index.js';
import { eventually, freshTenant, ledgerOf, ReceivedEvents, type SandboxControl } from '../harness/index.js';
import { seededRandom } from '../soak/random.js';
import { expectDeliveriesActedOn } from './expect-deliveries.js';
import { patiently, Person } from './person.js';
import type { End, Play } from './play.js';
import { BANK_CLIENT, type Stage } from './stage.js';

/** A time, by the services' clock, in which the bank was known to be in trouble from its begin to its end. */
export interface Outage {
  readonly from: string;
  readonly to: string;
  readonly state: string;
}

export interface ComingDay {
  readonly at: string;
  readonly day: number;
  readonly steps: readonly string[];
}

/** Within it every run ends, one that had to wait for another's end and for a bank with few calls a minute as well. */
const RUN_MS = 300_000;
const ENDINGS = new Set(['deleteConnection', 'deleteUser']);

/** One random bank from its first day to its last, as a tenant of its own sees it. */
export class Playthrough implements Play {
  /** What happened, for whoever looks at a failure. */
  readonly story: string[] = [];
  readonly outages: Outage[] = [];
  readonly tenantId = freshTenant();
  connectionId = '';
  readonly received = new ReceivedEvents(this.tenantId);
  readonly person: Person;
  readonly #since = performance.now();
  readonly #random: () => number;
  readonly #stage: Stage;
  readonly #scenarioId: string;
  end: End | null = null;
  #begun: { readonly from: string; readonly state: string | null } | undefined;

  private constructor(
    readonly seed: number,
    stage: Stage,
    scenarioId: string,
    readonly isToEnd: boolean,
  ) {
    this.#random = seededRandom(seed);
    this.#stage = stage;
    this.#scenarioId = scenarioId;
    this.person = new Person(this, this.#random);
  }

  /** The bank's accounts are open and have their first rows; nobody has linked them. */
  static async load(seed: number, stage: Stage, options: RandomOptions): Promise<Playthrough> {
    const scenario = randomScenario(seed, options);
    const { id } = await stage.scenarios.load(scenario, { keepClock: true });
    const steps = scenario.days.flatMap((day) => day.steps.flatMap((step) => Object.keys(step)));
    return new Playthrough(
      seed,
      stage,
      id,
      steps.some((step) => ENDINGS.has(step)),
    );
  }

  get api(): PasserelleClient {
    return this.#stage.api;
  }

  get gatewayUrl(): string {
    return this.#stage.services.gatewayUrl;
  }

  get sandbox(): SandboxControl {
    return this.#stage.sandbox;
  }

  bankView(): Promise<ScenarioView> {
    return this.#stage.scenarios.view(this.#scenarioId);
  }

  /** Somebody listens to all events, and the connection is linked and imported. */
  async begin(): Promise<void> {
    await this.received.start(engineUrls().natsUrl);
    const bank = new SandboxDriver(this.#stage.bankUrl, BANK_CLIENT.id, BANK_CLIENT.secret);
    const user = await bank.newUser();
    const linked = await this.#stage.scenarios.link(this.#scenarioId, user.userId);
    const { accounts } = await this.bankView();
    const request = {
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
    };
    const idempotencyKey = this.tenantId;
    const { id } = await patiently(() => this.api.openConnection(request, { idempotencyKey }));
    this.connectionId = id;
    await this.untilQuiet();
    await patiently(() => this.person.accounts.trackAll());
  }

  async next(): Promise<ComingDay | null> {
    return (await this.bankView()).next;
  }

  /** It ends on that day: all that has happened so far is imported first. */
  async prepareFor({ steps }: ComingDay): Promise<void> {
    if (this.end || !steps.some((step) => ENDINGS.has(step))) return;
    await this.#stage.webhooksArrived();
    await expectDeliveriesActedOn(this);
    await this.untilQuiet();
    this.end = { at: this.#stage.services.clock.now(), ledger: await ledgerOf(this, this.connectionId) };
  }

  /** Its day has come at the bank: perhaps somebody asks for a sync, or does something else. */
  async live({ at, day, steps }: ComingDay): Promise<void> {
    const [state, from] = [await this.#state(), this.#stage.services.clock.now()];
    if (this.end && steps.some((step) => ENDINGS.has(step))) this.end = { ...this.end, at: from };
    this.#begun = { from, state };
    this.tell(`${at} day ${day}: ${steps.join(', ')}${state === null ? '' : ` → ${state}`}`);
    if (this.#random() < 0.6) await this.#ask(this.#random() < 0.5 ? 'manual' : 'schedule');
    await this.person.act();
  }

  /** Mostly, what was begun comes to its end first. */
  async endDay(): Promise<void> {
    if (this.#random() < 0.8) await this.untilQuiet();
    const [begun, to] = [this.#begun, this.#stage.services.clock.now()];
    if (begun && begun.state !== null && begun.state === (await this.#state()))
      this.outages.push({ from: begun.from, to, state: begun.state });
  }

  /** No run is open any more, but for one that is to begin later. */
  async untilQuiet(): Promise<void> {
    await eventually(
      async () => {
        const { items } = await this.api.syncs(this.connectionId, { status: 'pending' });
        const now = this.#stage.services.clock.now();
        const open = items.filter(
          ({ startedAt, nextAllowedAt }) => startedAt !== null || (nextAllowedAt ?? now) <= now,
        );
        if (open.length > 0)
          throw new Error(
            `Runs are pending: ${open.map(({ id, trigger }) => `${id} (${trigger})`).join(', ')}`,
          );
      },
      { withinMs: RUN_MS, everyMs: 200 },
    );
  }

  async askForSync(): Promise<void> {
    const idempotencyKey = crypto.randomUUID();
    await this.#orGone(() => patiently(() => this.api.requestSync(this.connectionId, { idempotencyKey })));
  }

  /** One that somebody asks for now; however long a busy machine takes for it. */
  async lastSync(): Promise<SyncView> {
    const idempotencyKey = crypto.randomUUID();
    const { id } = await patiently(() => this.api.requestSync(this.connectionId, { idempotencyKey }));
    return eventually(
      async () => {
        const run = await this.api.getSync(id);
        if (run.status === 'pending') throw new Error(`The run ${id} has not ended.`);
        return run;
      },
      { withinMs: RUN_MS, everyMs: 200 },
    );
  }

  /** The history as the story ends, oldest first. */
  async history(): Promise<readonly string[]> {
    const { items } = await this.api.syncs(this.connectionId, { limit: 500 });
    return items.toReversed().map((run) => {
      const counts = [run.transactionsImported, run.transactionsUpdated, run.transactionsRemoved].join('/');
      return `  run ${run.id} ${run.trigger} ${run.startedAt} to ${run.endedAt}: ${run.status} ${run.errorCode ?? ''} ${counts}`;
    });
  }

  /** With the seconds that have gone by. */
  tell(line: string): void {
    this.story.push(`${((performance.now() - this.#since) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  }

  async #state(): Promise<string | null> {
    const [connection] = (await this.bankView()).connections;
    return connection?.state ?? null;
  }

  async #ask(trigger: 'manual' | 'schedule'): Promise<void> {
    this.tell(`  a sync is asked for (${trigger})`);
    if (trigger === 'manual') await this.askForSync();
    else await this.#orGone(() => this.#stage.services.announceDue(this.connectionId));
  }

  /** Nothing is there to be asked once it is known that the connection ended. */
  async #orGone(call: () => Promise<unknown>): Promise<void> {
    await call().catch((error: unknown) => {
      const isGone = error instanceof PasserelleProblem && error.code === 'connection.disconnected';
      if (!isGone || !this.end) throw error;
    });
  }
}
