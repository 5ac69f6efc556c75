import { Pool } from 'undici';
import { addressOf, largeAccount, signedWebhook, type WebhookSource } from './signed-webhook.js';

/** What the parent process asks for. */
export interface LoadJob {
  /** Deliveries go to them in turn. */
  readonly sources: readonly WebhookSource[];
  readonly firstId: number;
  readonly forMs: number;
  /** Deliveries per second, whatever the answers take; `null`: as many as `inFlight` allows. */
  readonly rate: number | null;
  readonly inFlight: number;
  /** No more than these. */
  readonly atMost?: number;
  /** What the accounts in each body amount to; default 0. */
  readonly accountsBytes?: number;
}

export interface LoadResult {
  readonly answered: number;
  /** How many were answered something else than 200, by status; `0`: not answered at all. */
  readonly failures: Readonly<Record<string, number>>;
  readonly tookMs: number;
  /** Of every answer, in ms; with a rate, from the moment when the delivery was due. */
  readonly latencies: readonly number[];
  /** The same by the second of the load in which each delivery was due; `null` where none was. */
  readonly bySecond: readonly (readonly number[] | null)[];
  readonly lastId: number;
  /** Processor time of the load process itself. */
  readonly cpuMs: number;
}

/** Sends signed deliveries to the door, from a process of its own: the signing must not slow down who is measured. */
class Load {
  readonly #job: LoadJob;
  readonly #pool: Pool;
  readonly #accounts: string;
  readonly #latencies: number[] = [];
  readonly #bySecond: (number[] | null)[] = [];
  readonly #failures: Record<string, number> = {};
  #began = 0;
  #open = 0;
  #sent = 0;
  #idle: (() => void) | undefined;

  constructor(job: LoadJob) {
    this.#job = job;
    const [source] = job.sources;
    if (!source) throw new Error('There is nobody to deliver to.');
    this.#pool = new Pool(addressOf(source).origin, { connections: job.inFlight, pipelining: 1 });
    this.#accounts = job.accountsBytes === undefined ? '' : largeAccount(job.accountsBytes);
  }

  async run(): Promise<LoadResult> {
    const [began, before] = [performance.now(), process.cpuUsage()];
    this.#began = began;
    await (this.#job.rate === null ? this.#closed(began) : this.#paced(began, this.#job.rate));
    const tookMs = performance.now() - began;
    const { user, system } = process.cpuUsage(before);
    await this.#pool.close();
    return {
      answered: this.#latencies.length,
      failures: this.#failures,
      tookMs,
      latencies: this.#latencies,
      bySecond: this.#bySecond,
      lastId: this.#job.firstId + this.#sent - 1,
      cpuMs: (user + system) / 1_000,
    };
  }

  /** As fast as the answers come. */
  async #closed(began: number): Promise<void> {
    const { forMs, atMost = Infinity, inFlight } = this.#job;
    const next = (): void => {
      if (performance.now() - began < forMs && this.#sent < atMost) this.#send(performance.now(), next);
    };
    for (let slots = 0; slots < inFlight; slots += 1) next();
    await this.#allAnswered();
  }

  /** At fixed moments: one that had to wait for its turn has waited for its answer all the same. */
  async #paced(began: number, rate: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const now = performance.now() - began;
        const due = Math.floor((Math.min(now, this.#job.forMs) * rate) / 1_000);
        while (this.#sent < due) this.#send(began + (this.#sent * 1_000) / rate);
        if (now < this.#job.forMs) return;
        clearInterval(timer);
        resolve();
      }, 1);
    });
    await this.#allAnswered();
  }

  async #allAnswered(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #note(due: number): void {
    const latency = performance.now() - due;
    this.#latencies.push(latency);
    (this.#bySecond[Math.floor((due - this.#began) / 1_000)] ??= []).push(latency);
  }

  #send(due: number, answered?: () => void): void {
    const { sources, firstId } = this.#job;
    const source = sources[this.#sent % sources.length];
    if (!source) return;
    const { headers, body } = signedWebhook(source, firstId + this.#sent, this.#accounts);
    this.#sent += 1;
    this.#open += 1;
    let status = 0;
    const end = (): void => {
      if (status === 200) this.#note(due);
      else this.#failures[status] = (this.#failures[status] ?? 0) + 1;
      this.#open -= 1;
      answered?.();
      if (this.#open === 0) this.#idle?.();
    };
    this.#pool.dispatch(
      { path: addressOf(source).pathname, method: 'POST', headers, body },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, code) => void (status = code),
        onResponseData: () => undefined,
        onResponseEnd: end,
        onResponseError: end,
      },
    );
  }
}

process.once('message', (job: LoadJob) => {
  void new Load(job).run().then((result) => process.send?.(result, () => process.disconnect()));
});
