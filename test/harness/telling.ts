import { expect } from 'vitest';
import type { ConnectionView, SyncView, TransactionView } from '#client';
import { signPowens } from '#providers';
import { type DeliveryStory, deliveriesIn } from '../resilience/delivery-outcomes.js';
import type { ClockedServices } from './clocked-services.js';
import { eventually } from './eventually.js';
import { totals } from './history.js';
import { expectLedgerEqualsBank, ledgerOf } from './ledger-equals-bank.js';
import { readLog } from './log-reader.js';
import type { SettableClock } from './settable-clock.js';
import { Scene, type Tale, TALES } from './tales.js';

const DAY_MS = 86_400_000;

/** A webhook as the provider made it when something happened. */
interface ToldWebhook {
  readonly id: number;
  readonly tale: Tale;
  readonly connectionId: number;
  readonly event: string;
  readonly body: string;
  readonly date: string;
}

/** When what is told: the tales' steps happen in their order, their webhooks arrive at any time after. */
export interface Order {
  /** Which tale goes on next, of so many. */
  next(unfinished: number): number;
  /** What of the webhooks that are on their way arrives now, again and again by their index; the rest comes later. */
  arrivals(waiting: number, isLast: boolean): readonly number[];
  /** Whether all is done before the next step happens, and how many days go by then. */
  rest(): { readonly settles: boolean; readonly days: number };
}

export const inOrder: Order = {
  next: () => 0,
  arrivals: (waiting) => Array.from({ length: waiting }, (_, index) => index),
  rest: () => ({ settles: true, days: 0 }),
};

/** Nothing arrives before all has happened; then it does so backwards, everything twice. */
export const backwards: Order = {
  next: () => 0,
  arrivals: (waiting, isLast) =>
    isLast ? Array.from({ length: waiting * 2 }, (_, index) => waiting - 1 - (index >> 1)) : [],
  rest: () => ({ settles: true, days: 1 }),
};

/** Shuffled, duplicated, delayed by days. */
export const jumbled = (random: () => number): Order => {
  const upTo = (limit: number): number => Math.floor(random() * limit);
  return {
    next: upTo,
    arrivals: (waiting, isLast) => {
      const chosen = Array.from({ length: waiting }, (_, index) => index).filter(
        () => isLast || random() < 0.4,
      );
      const repeated = chosen.filter(() => random() < 0.3);
      return [...chosen, ...repeated]
        .map((index) => ({ index, place: random() }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ index }) => index);
    },
    rest: () => ({ settles: random() < 0.4, days: upTo(4) }),
  };
};

/** All that must not depend on the order, per tale. */
export type FinalState = Readonly<
  Record<string, { connection: object; ledger: readonly object[]; webhooks: readonly string[] }>
>;

interface Told {
  readonly webhook: ToldWebhook;
  /** `received`: nobody has acted on it. */
  readonly fate: 'received' | 'applied' | 'ignored' | 'parked';
}

const byText = (a: object, b: object): number => JSON.stringify(a).localeCompare(JSON.stringify(b));

const connectionLines = (view: ConnectionView): object => ({
  status: view.status,
  statusReason: view.statusReason,
  syncEnabled: view.syncEnabled,
  lastSyncStatus: view.lastSyncStatus,
  hasConsent: view.consentExpiresAt !== null,
  accounts: view.accounts
    .map(({ name, currency, status, balance, accountId }) => ({ name, currency, status, balance, accountId }))
    .toSorted(byText),
});

/** The bank's statement of a card names its number, which ends as the account's does and is another each time. */
const withoutNumber = (text: string | null, { iban }: Scene): string | null =>
  text?.startsWith('FACTURE CARTE ') ? text.replace(iban.slice(-4), '····') : text;

const ledgerLine = (row: TransactionView, scene: Scene): object => ({
  bookedOn: row.bookedOn,
  valueOn: row.valueOn,
  amount: row.amount,
  currency: row.currency,
  status: row.status,
  label: withoutNumber(row.label, scene),
  originalLabel: withoutNumber(row.originalLabel, scene),
  isRemoved: row.removedAt !== null,
});

const expectStored = (id: number, said: object, again: boolean): void => {
  const body = { status: again ? 'duplicate' : 'accepted', deliveryId: `powens_${id}` };
  expect(said, `the answer to webhook ${id}`).toEqual({ status: 200, body });
};

const expectStoredOnce = (id: number, story: DeliveryStory | undefined): void =>
  expect(story?.stored.length, `times that webhook ${id} was stored`).toBe(1);

const expectHonest = ({ name }: Tale, runs: readonly SyncView[], rows: readonly TransactionView[]): void =>
  expect(totals(runs).imported, `rows that the history of "${name}" tells of`).toBe(rows.length);

/** Tells all tales at once, each with a connection of its own, and looks how they end. */
export class Telling {
  readonly #services: ClockedServices;
  readonly #clock: SettableClock;
  readonly #scenes = new Map<Tale, Scene>();
  readonly #sent = new Map<number, ToldWebhook>();
  #waiting: ToldWebhook[] = [];
  /** The newest webhook of the bank that was looked at. */
  #seen = 0;

  constructor(services: ClockedServices, clock: SettableClock) {
    this.#services = services;
    this.#clock = clock;
  }

  async tell(order: Order): Promise<FinalState> {
    await Promise.all(TALES.map((tale) => this.#begin(tale)));
    await this.#collect(() => false);
    const unfinished = TALES.map((tale) => ({ tale, left: [...tale.steps] }));
    while (unfinished.length > 0) {
      const index = order.next(unfinished.length);
      const chosen = unfinished[index];
      const step = chosen?.left.shift();
      if (!chosen || !step) throw new RangeError(`There is no tale ${index}.`);
      if (chosen.left.length === 0) unfinished.splice(index, 1);
      await step(this.#sceneOf(chosen.tale));
      await this.#collect(() => true);
      await this.#deliver(order.arrivals(this.#waiting.length, false));
      const { settles, days } = order.rest();
      if (settles) await this.#settle();
      // What is in hand would be past its deadline days later.
      if (settles) this.#clock.advance(days * DAY_MS);
    }
    await this.#settle();
    this.#clock.advance(DAY_MS);
    await this.#deliver(order.arrivals(this.#waiting.length, true));
    await this.#settle();
    return this.#look();
  }

  async #begin(tale: Tale): Promise<void> {
    const scene = new Scene(this.#services, this.#clock, tale.name);
    this.#scenes.set(tale, scene);
    await scene.openAccount();
    await scene.link();
  }

  #sceneOf(tale: Tale): Scene {
    const scene = this.#scenes.get(tale);
    if (!scene) throw new Error(`${tale.name} has not begun.`);
    return scene;
  }

  /** Puts what the provider wants to tell among what is on its way. */
  async #collect(wanted: () => boolean): Promise<void> {
    const { webhooks } = await this.#services.sandbox.call<{
      webhooks: { id: number; event: string; connectionId: number; body: string }[];
    }>('GET', `/webhooks?after=${this.#seen}`);
    for (const { id, event, connectionId, body } of webhooks) {
      this.#seen = id;
      const [tale] =
        [...this.#scenes].find(([, { providerIds }]) => providerIds.includes(connectionId)) ?? [];
      if (!tale || !wanted()) continue;
      const name = event.toLowerCase().replaceAll('_', '-');
      this.#waiting.push({ id, tale, connectionId, event: name, body, date: this.#clock.now() });
    }
  }

  async #deliver(indexes: readonly number[]): Promise<void> {
    const chosen = new Set(indexes.flatMap((index) => this.#waiting[index] ?? []));
    for (const index of indexes) {
      const webhook = this.#waiting[index];
      if (webhook) await this.#send(webhook);
    }
    this.#waiting = this.#waiting.filter((webhook) => !chosen.has(webhook));
  }

  async #send(webhook: ToldWebhook): Promise<void> {
    const { webhookUrl, webhookSecret } = this.#services;
    const url = `${webhookUrl}/${webhook.event}`;
    const { date, body } = webhook;
    const signature = signPowens(webhookSecret, { path: new URL(url).pathname, date, rawBody: body });
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'bi-signature': signature, 'bi-signature-date': date },
      body,
    });
    const said = { status: answer.status, body: (await answer.json()) as object };
    expectStored(webhook.id, said, this.#sent.has(webhook.id));
    this.#sent.set(webhook.id, webhook);
  }

  /** Until every webhook that arrived has its outcome and no run is open; time goes by meanwhile. */
  async #settle(): Promise<void> {
    await eventually(
      async () => {
        this.#clock.advance(3_000);
        const fates = await this.#fates();
        const open = fates.filter(({ fate }) => fate === 'received');
        if (open.length > 0) throw new Error(`Nobody acted on ${JSON.stringify(open)}.`);
        for (const { connectionId } of this.#scenes.values()) {
          const { items } = await this.#services.api.syncs(connectionId, { status: 'pending' });
          if (items.length > 0) throw new Error(`Runs are pending: ${JSON.stringify(items)}`);
        }
      },
      { withinMs: 60_000 },
    );
  }

  async #fates(): Promise<readonly Told[]> {
    const stories = deliveriesIn(await readLog(this.#services.endpoints));
    return [...this.#sent.values()].map((webhook) => {
      const story = stories.get(`powens_${webhook.id}`);
      expectStoredOnce(webhook.id, story);
      return { webhook, fate: fateOf(story) };
    });
  }

  async #look(): Promise<FinalState> {
    const fates = await this.#fates();
    const ends = [...this.#scenes].map(async ([tale, scene]) => {
      const told = fates.filter(({ webhook }) => webhook.tale === tale);
      return [tale.name, await this.#end(tale, scene, told)] as const;
    });
    return Object.fromEntries(await Promise.all(ends));
  }

  async #end(tale: Tale, scene: Scene, told: readonly Told[]): Promise<FinalState[string]> {
    const rows = await ledgerOf(this.#services, scene.connectionId);
    const { items: runs } = await this.#services.api.syncs(scene.connectionId, { limit: 500 });
    expectHonest(tale, runs, rows);
    if (tale.agreesBy === 'id') await expectLedgerEqualsBank(this.#services, scene.connectionId);
    const view = await scene.view();
    const lines = rows.map((row) => ledgerLine(row, scene)).toSorted(byText);
    return {
      connection: connectionLines(view),
      ledger:
        tale.agreesBy === 'id'
          ? lines
          : [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()],
      webhooks: told
        .toSorted((a, b) => a.webhook.id - b.webhook.id)
        .map(({ webhook: { event, connectionId }, fate }) => {
          const stands = view.status !== 'disconnected' && connectionId === scene.providerId;
          return `${event}: ${stands ? fate : 'whatever is done with a connection that is gone'}`;
        }),
    };
  }
}

const fateOf = (story: DeliveryStory | undefined): Told['fate'] => {
  if (!story) return 'received';
  if (story.runs.length > 0) return 'applied';
  if (story.ignored.length > 0) return 'ignored';
  return story.parked.length > 0 ? 'parked' : 'received';
};
