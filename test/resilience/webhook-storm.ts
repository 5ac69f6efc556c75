import { setTimeout as pause } from 'node:timers/promises';
import { pressOnLinkPage } from '../../apps/stack/src/demo/person-at-webview.js';
import type { CoreEngine } from '#engines';
import { eventually, freshIban, openConnection, openLinkAndImport } from '../harness/index.js';
import { DeliveringProvider, type DoorAnswer, type OutgoingWebhook } from './delivering-provider.js';
import type { Fate } from './delivery-outcomes.js';
import type { AppName, Replica, Topology } from './topology.js';

export type Victim = CoreEngine | Extract<AppName, 'sync' | 'webhook-ingress'>;

/** What happens while the webhook of this number is sent. */
export interface Kill {
  readonly at: number;
  /** So long after that webhook, while more of them come at once: whoever acts on them has its hands full. */
  readonly afterMs: number;
  readonly victims: readonly Victim[];
  /** How long they stay away. */
  readonly downMs: number;
}

export interface StormOptions {
  readonly topology: Topology;
  /** The processes that may be killed, by app. */
  readonly replicas: Map<AppName, Replica>;
  /** Numbers in [0, 1): all choices follow from them. */
  readonly random: () => number;
  readonly webhooks: number;
  readonly kills: readonly Kill[];
}

/** A bank account, its connection of ours, and what the provider calls that connection. */
interface Link {
  readonly iban: string;
  readonly connectionId: string;
  readonly providerId: number;
  readonly rows: number[];
}

/** Linked at the bank; our callback has not been called. */
interface EarlyLink extends Link {
  readonly callback: string;
  readonly linkAt: number;
}

const LINKED = 4;
const EARLY = 2;
const STRANGER = 990_000;
/** On average between two events at the provider. */
const GAP_MS = 8;
/** Webhooks that come at once when somebody is to be killed. */
const BURST = 40;
const today = (): string => new Date().toISOString().slice(0, 10);

let lastWebhookId = 7_000_000;

/** Webhooks of a provider that delivers as it should, to services and engines that are killed again and again. */
export class WebhookStorm {
  readonly story: string[] = [];
  readonly #options: StormOptions;
  readonly #provider: DeliveringProvider;
  readonly #fates = new Map<number, Fate>();
  readonly #linked: Link[] = [];
  readonly #early: EarlyLink[] = [];
  #paused: Link | undefined;
  #kills: Promise<void> = Promise.resolve();
  /** How many still come at once. */
  #burst = 0;

  constructor(options: StormOptions) {
    this.#options = options;
    const { topology, random } = options;
    const { webhookUrl: url, webhookSecret: secret } = topology;
    this.#provider = new DeliveringProvider({ url, secret, random, oneLostOf: 25 });
  }

  /** Links the connections, sends the webhooks while the bank changes and the victims die, and waits until all are accepted. */
  async run(): Promise<void> {
    const { topology, webhooks } = this.#options;
    // Nobody but us tells of a change, and whoever forgets what we told does not learn of it otherwise.
    await topology.sandbox.configure({ webhooksPaused: true });
    try {
      await this.#link();
      for (let number = 0; number < webhooks; number += 1) await this.#play(number);
      await this.#kills;
      await this.#provider.allAccepted();
    } finally {
      await this.#provider.stop();
    }
  }

  /** What ought to become of each webhook, by its id. */
  get fates(): ReadonlyMap<number, Fate> {
    return this.#fates;
  }

  /** Every 200 of the door, by the webhook's id. */
  get answers(): ReadonlyMap<number, readonly DoorAnswer[]> {
    return this.#provider.answers;
  }

  /** The connections that are linked now and wanted to be looked at. */
  get connectionIds(): readonly string[] {
    return this.#all.map(({ connectionId }) => connectionId);
  }

  /** How many attempts got no 200. */
  get failures(): number {
    return this.#provider.failures;
  }

  /** How hard it was, for the reader of a log. */
  summary(): string {
    const { answers, failures, lastFailure } = this.#provider;
    const repeated = [...answers.values()].filter((said) => said.length > 1).length;
    return `${answers.size} accepted, ${failures} refused or unanswered (last: ${lastFailure}), ${repeated} repeated after a lost answer`;
  }

  get #all(): readonly Link[] {
    return [...this.#linked, ...this.#early];
  }

  #upTo(limit: number): number {
    return Math.floor(this.#options.random() * limit);
  }

  #oneOf<T>(choices: readonly T[]): T {
    const choice = choices[this.#upTo(choices.length)];
    if (choice === undefined) throw new RangeError('There is nothing to choose from.');
    return choice;
  }

  async #link(): Promise<void> {
    const { topology, webhooks } = this.#options;
    for (let count = 0; count < LINKED + 1; count += 1) {
      const iban = await this.#openAccount();
      const { id } = await openLinkAndImport(topology, iban);
      const link = await this.#linkOf(iban, id);
      if (count < LINKED) this.#linked.push(link);
      else this.#paused = link;
    }
    await topology.api.changeSettings(this.#paused?.connectionId ?? '', { syncEnabled: false });
    for (let count = 0; count < EARLY; count += 1) {
      const iban = await this.#openAccount();
      const { id, linkUrl } = await openConnection(topology, iban);
      const callback = await pressOnLinkPage(linkUrl ?? '');
      const linkAt = Math.floor(webhooks * (0.3 + 0.5 * this.#options.random()));
      this.#early.push({ ...(await this.#linkOf(iban, id)), callback, linkAt });
    }
  }

  async #openAccount(): Promise<string> {
    const iban = freshIban();
    await this.#options.topology.sandbox.openAccount({ iban, count: 40, days: 20 });
    return iban;
  }

  async #linkOf(iban: string, connectionId: string): Promise<Link> {
    const [connection] = await this.#options.topology.sandbox.connectionsOf(iban);
    if (!connection) throw new Error(`The bank has no connection with ${iban}.`);
    return { iban, connectionId, providerId: connection.id, rows: [] };
  }

  async #play(number: number): Promise<void> {
    const { kills } = this.#options;
    for (const kill of kills.filter(({ at }) => at === number)) {
      // A slow machine must not leave the kills behind until all webhooks have arrived.
      await this.#kills;
      this.#kill(kill);
      this.#burst = BURST;
    }
    for (const link of this.#early) if (link.linkAt === number) await this.#complete(link);
    await this.#happen();
    if (this.#burst > 0) this.#burst -= 1;
    else await pause(this.#upTo(2 * GAP_MS));
  }

  /** One event at the provider. The last ones are of the connections of ours: each must still be looked at. */
  async #happen(): Promise<void> {
    const dice = this.#options.random();
    if (dice < 0.03) return this.#tell('connection-synced', { kind: 'parked', reason: 'connection.unknown' });
    if (dice < 0.04) return this.#tell('moon-risen', { kind: 'not-understood' });
    if (dice < 0.05) return this.#tell('accounts-fetched', { kind: 'nothing-to-do' });
    if (dice < 0.09 && this.#paused) {
      const fate = { kind: 'ignored', reason: 'connection.paused' } as const;
      return this.#tell('connection-synced', fate, this.#paused.providerId);
    }
    const link = this.#oneOf(this.#all);
    if (this.#burst === 0 && this.#options.random() < 0.3) await this.#changeBank(link);
    const kind = this.#linked.includes(link) ? 'applied' : 'later';
    const event = this.#oneOf(['connection-synced', 'account-synced', 'account-enabled']);
    this.#tell(event, { kind, connectionId: link.connectionId }, link.providerId);
  }

  #tell(event: string, fate: Fate, providerId = STRANGER + this.#upTo(1_000)): void {
    lastWebhookId += 1;
    const webhook: OutgoingWebhook = {
      id: lastWebhookId,
      event,
      body: bodyOf(event, lastWebhookId, providerId),
    };
    this.#fates.set(webhook.id, fate);
    this.#provider.send(webhook);
  }

  async #changeBank({ iban, rows }: Link): Promise<void> {
    const { sandbox } = this.#options.topology;
    const dice = this.#options.random();
    if (rows.length > 2 && dice < 0.2) {
      const [rowId = 0] = rows.splice(this.#upTo(rows.length), 1);
      return sandbox.remove(iban, rowId);
    }
    if (rows.length > 2 && dice < 0.5) {
      return sandbox.change(iban, this.#oneOf(rows), { value: -1 - this.#upTo(9_000) / 100 });
    }
    const news = Array.from({ length: 1 + this.#upTo(3) }, () => ({
      date: today(),
      value: -1 - this.#upTo(9_000) / 100,
    }));
    rows.push(...(await sandbox.post(iban, news)));
  }

  /** The browser comes back to us, as often as it takes. */
  async #complete({ callback, connectionId }: EarlyLink): Promise<void> {
    this.story.push(`link ${connectionId}`);
    const { api } = this.#options.topology;
    await eventually(
      async () => {
        const { status } = await api.getConnection(connectionId);
        if (status === 'active') return;
        const answer = await fetch(callback, { headers: { accept: 'application/json' } });
        throw new Error(`The callback answered ${answer.status}: ${await answer.text()}`);
      },
      { withinMs: 60_000 },
    );
  }

  /** One after the other, while the provider goes on. */
  #kill({ at, afterMs, victims, downMs }: Kill): void {
    const before = this.#kills;
    const killing = async (): Promise<void> => {
      await Promise.all([before, pause(afterMs)]);
      this.story.push(`${at}: kill ${victims.join(' and ')} for ${downMs} ms`);
      await Promise.all(victims.map((victim) => this.#strike(victim)));
      await pause(downMs);
      // A service that finds no engine at its start gives up.
      await Promise.all(victims.filter(isEngine).map((name) => this.#options.topology.engines.restart(name)));
      await Promise.all(victims.flatMap((victim) => (isEngine(victim) ? [] : [this.#launch(victim)])));
    };
    this.#kills = killing();
    // It is awaited at the end; until then its failure must not count as unhandled.
    this.#kills.catch(() => undefined);
  }

  async #strike(victim: Victim): Promise<void> {
    const { topology, replicas } = this.#options;
    await (isEngine(victim) ? topology.engines.kill(victim) : replicas.get(victim)?.program.kill());
  }

  async #launch(app: AppName): Promise<void> {
    const { topology, replicas } = this.#options;
    replicas.set(app, await topology.launch(app));
  }
}

const isEngine = (victim: Victim): victim is CoreEngine =>
  victim === 'event-store' || victim === 'nats' || victim === 'postgres';

const bodyOf = (event: string, id: number, connectionId: number): string => {
  switch (event) {
    case 'account-synced':
      return JSON.stringify({
        id_webhook_data: id,
        id: connectionId,
        id_connection: connectionId,
        transactions: [],
      });
    case 'account-enabled':
      return JSON.stringify({
        id_webhook_data: id,
        id: connectionId,
        id_connection: connectionId,
        disabled: null,
      });
    default:
      return JSON.stringify({ id_webhook_data: id, connection: { id: connectionId, state: null } });
  }
};
