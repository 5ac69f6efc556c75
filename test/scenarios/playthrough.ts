import type { PasserelleClient, SyncView } from '#client';
import { engineUrls } from '#testing';
import {
  randomScenario,
  type RandomOptions,
  SandboxDriver,
  type ScenarioView,
} from '../../apps/sandbox-bank/src/index.js';
import {
  eventually,
  freshTenant,
  type Reachable,
  ReceivedEvents,
  type SandboxControl,
} from '../harness/index.js';
import { seededRandom } from '../soak/random.js';
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

/** Says again what a busy service could not answer in time. */
const patiently = <T>(call: () => Promise<T>): Promise<T> => eventually(call, { everyMs: 500 });

/** One random bank from its first day to its last, as a tenant of its own sees it. */
export class Playthrough implements Reachable {
  /** What happened, for whoever looks at a failure. */
  readonly story: string[] = [];
  readonly outages: Outage[] = [];
  readonly tenantId = freshTenant();
  connectionId = '';
  readonly received = new ReceivedEvents(this.tenantId);
  readonly #since = performance.now();
  readonly #random: () => number;
  readonly #stage: Stage;
  readonly #scenarioId: string;
  #begun: { readonly from: string; readonly state: string | null } | undefined;

  private constructor(
    readonly seed: number,
    stage: Stage,
    scenarioId: string,
  ) {
    this.#random = seededRandom(seed);
    this.#stage = stage;
    this.#scenarioId = scenarioId;
  }

  /** The bank's accounts are open and have their first rows; nobody has linked them. */
  static async load(seed: number, stage: Stage, options: RandomOptions): Promise<Playthrough> {
    const { id } = await stage.scenarios.load(randomScenario(seed, options), { keepClock: true });
    return new Playthrough(seed, stage, id);
  }

  get api(): PasserelleClient {
    return this.#stage.api;
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
    for (const { ref, accountIds } of accounts.slice(1)) {
      const decision = { action: 'track', accountId: ref } as const;
      await patiently(() => this.api.decideOnAccount(id, String(accountIds[0]), decision));
    }
  }

  async next(): Promise<ComingDay | null> {
    return (await this.bankView()).next;
  }

  /** Its day has come at the bank: perhaps somebody asks for a sync. */
  async live({ at, day, steps }: ComingDay): Promise<void> {
    const [state, from] = [await this.#state(), this.#stage.services.clock.now()];
    this.#begun = { from, state };
    this.tell(`${at} day ${day}: ${steps.join(', ')}${state === null ? '' : ` → ${state}`}`);
    if (this.#random() < 0.6) await this.#ask(this.#random() < 0.5 ? 'manual' : 'schedule');
  }

  /** Mostly, what was begun comes to its end first. */
  async endDay(): Promise<void> {
    if (this.#random() < 0.8) await this.untilQuiet();
    const [begun, to] = [this.#begun, this.#stage.services.clock.now()];
    if (begun && begun.state !== null && begun.state === (await this.#state()))
      this.outages.push({ from: begun.from, to, state: begun.state });
  }

  /** No run is open any more. */
  async untilQuiet(): Promise<void> {
    await eventually(
      async () => {
        const { items } = await this.api.syncs(this.connectionId, { status: 'pending' });
        if (items.length > 0)
          throw new Error(
            `Runs are pending: ${items.map(({ id, trigger }) => `${id} (${trigger})`).join(', ')}`,
          );
      },
      { withinMs: 120_000, everyMs: 200 },
    );
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
      { withinMs: 120_000, everyMs: 200 },
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
    const idempotencyKey = crypto.randomUUID();
    if (trigger === 'manual')
      await patiently(() => this.api.requestSync(this.connectionId, { idempotencyKey }));
    else await this.#stage.services.announceDue(this.connectionId);
  }
}
