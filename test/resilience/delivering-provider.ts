import { setTimeout as pause } from 'node:timers/promises';
import { signPowens } from '#providers';
import { eventually } from '../harness/index.js';

/** One webhook as the provider has it: its id and its bytes stay the same however often it is sent. */
export interface OutgoingWebhook {
  readonly id: number;
  /** Kebab-case name of the event: the end of the path that is registered for it. */
  readonly event: string;
  readonly body: string;
}

/** What the door said with a 200. */
export interface DoorAnswer {
  readonly status: 'accepted' | 'duplicate' | 'ignored';
  readonly deliveryId?: string;
}

export interface ProviderOptions {
  /** Base of the listening URLs, without the event. */
  readonly url: string;
  readonly secret: string;
  /** Of how many answers one gets lost on the way: the door said 200 and the provider never learns of it. */
  readonly oneLostOf: number;
  readonly random: () => number;
}

const FLUSH_EVERY_MS = 200;
const TIMEOUT_MS = 8_000;
const MAX_FAILURES_PER_RUN = 10;
const MAX_TIMEOUTS_PER_RUN = 2;

type Outcome = 'accepted' | 'failed' | 'timeout';

interface Waiting {
  readonly webhook: OutgoingWebhook;
  /** The first attempt's, which its repeats bear too. */
  readonly headers: Readonly<Record<string, string>>;
  losesFirstAnswer: boolean;
}

/**
 * Powens as it delivers: at once when the event happens, and again by a flusher until a 2xx arrives. In one run the flusher
 * gives up after ten failures in a row or two timeouts. At least once, in no order.
 */
export class DeliveringProvider {
  /** Every 200 that the door gave, by the webhook's id, also those whose answer got lost. */
  readonly answers = new Map<number, readonly DoorAnswer[]>();
  /** Attempts that were not answered with 200. */
  failures = 0;
  /** Why the last of them failed. */
  lastFailure = '';
  readonly #options: ProviderOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #firstAttempts = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();
  #flusher: Promise<void> | undefined;

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  /** The event happens: the first attempt is on its way when this returns. */
  send(webhook: OutgoingWebhook): void {
    const { url, secret, random, oneLostOf } = this.#options;
    const path = new URL(`${url}/${webhook.event}`).pathname;
    const date = new Date().toISOString().replace('Z', '000Z');
    const waiting = {
      webhook,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'bi-signature': signPowens(secret, { path, date, rawBody: webhook.body }),
        'bi-signature-date': date,
      },
      losesFirstAnswer: random() * oneLostOf < 1,
    };
    const first = this.#tryFirst(waiting).finally(() => this.#firstAttempts.delete(first));
    this.#firstAttempts.add(first);
    this.#flusher ??= this.#flushNowAndThen();
  }

  /** Resolves when nothing waits to be sent again. */
  async allAccepted(withinMs = 120_000): Promise<void> {
    await eventually(
      () => {
        const left = this.#firstAttempts.size + this.#waiting.size;
        if (left > 0) throw new Error(`The door did not accept ${left} webhooks.`);
      },
      { withinMs },
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#flusher, ...this.#firstAttempts]);
  }

  async #tryFirst(waiting: Waiting): Promise<void> {
    if ((await this.#attempt(waiting)) !== 'accepted') this.#waiting.set(waiting.webhook.id, waiting);
  }

  async #flushNowAndThen(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#flush();
      await pause(FLUSH_EVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  async #flush(): Promise<void> {
    let [failures, timeouts] = [0, 0];
    for (const [id, waiting] of this.#waiting) {
      if (failures >= MAX_FAILURES_PER_RUN || timeouts >= MAX_TIMEOUTS_PER_RUN) return;
      const outcome = await this.#attempt(waiting);
      if (outcome === 'accepted') this.#waiting.delete(id);
      failures = outcome === 'accepted' ? 0 : failures + 1;
      if (outcome === 'timeout') timeouts += 1;
    }
  }

  async #attempt(waiting: Waiting): Promise<Outcome> {
    const { webhook, headers } = waiting;
    try {
      const response = await fetch(`${this.#options.url}/${webhook.event}`, {
        method: 'POST',
        headers,
        body: webhook.body,
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.#stopping.signal]),
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${response.status} ${text}`);
      this.#keep(webhook.id, JSON.parse(text) as DoorAnswer);
      if (!waiting.losesFirstAnswer) return 'accepted';
      waiting.losesFirstAnswer = false;
      return 'failed';
    } catch (error) {
      this.failures += 1;
      this.lastFailure = inWords(error);
      return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'failed';
    }
  }

  #keep(id: number, answer: DoorAnswer): void {
    this.answers.set(id, [...(this.answers.get(id) ?? []), answer]);
  }
}

const inWords = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${inWords(error.cause)}`;
};
