import { Pool } from 'undici';
import { addressOf, signedWebhook, type WebhookSource } from './signed-webhook.js';

/** What the parent process asks for. */
export interface LoadJob {
  /** Deliveries go to them in turn. */
  readonly sources: readonly WebhookSource[];
  readonly firstId: number;
  readonly forMs: number;
  /** Deliveries per second, whatever the answers take; `null`: as many as `inFlight` allows. */
  readonly rate: number | null;
  readonly inFlight: number;
}

export interface LoadResult {
  readonly answered: number;
  readonly failed: number;
  readonly tookMs: number;
  /** Of every answer, in ms; with a rate, from the moment when the delivery was due. */
  readonly latencies: readonly number[];
  readonly lastId: number;
}

/** Sends signed deliveries to the door, from a process of its own: the signing must not slow down who is measured. */
class Load {
  readonly #job: LoadJob;
  readonly #pool: Pool;
  readonly #latencies: number[] = [];
  #failed = 0;
  #open = 0;
  #sent = 0;
  #idle: (() => void) | undefined;

  constructor(job: LoadJob) {
    this.#job = job;
    const [source] = job.sources;
    if (!source) throw new Error('There is nobody to deliver to.');
    this.#pool = new Pool(addressOf(source).origin, { connections: job.inFlight, pipelining: 1 });
  }

  async run(): Promise<LoadResult> {
    const began = performance.now();
    await (this.#job.rate === null ? this.#closed(began) : this.#paced(began, this.#job.rate));
    const tookMs = performance.now() - began;
    await this.#pool.close();
    const { firstId } = this.#job;
    return {
      answered: this.#latencies.length,
      failed: this.#failed,
      tookMs,
      latencies: this.#latencies,
      lastId: firstId + this.#sent - 1,
    };
  }

  /** As fast as the answers come. */
  async #closed(began: number): Promise<void> {
    const next = (): void => {
      if (performance.now() - began < this.#job.forMs) this.#send(performance.now(), next);
    };
    for (let slots = 0; slots < this.#job.inFlight; slots += 1) next();
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

  #send(due: number, answered?: () => void): void {
    const { sources, firstId } = this.#job;
    const source = sources[this.#sent % sources.length];
    if (!source) return;
    const { headers, body } = signedWebhook(source, firstId + this.#sent);
    this.#sent += 1;
    this.#open += 1;
    const end = (isGood: boolean): void => {
      if (isGood) this.#latencies.push(performance.now() - due);
      else this.#failed += 1;
      this.#open -= 1;
      answered?.();
      if (this.#open === 0) this.#idle?.();
    };
    let status = 0;
    this.#pool.dispatch(
      { path: addressOf(source).pathname, method: 'POST', headers, body },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, code) => void (status = code),
        onResponseData: () => undefined,
        onResponseEnd: () => end(status === 200),
        onResponseError: () => end(false),
      },
    );
  }
}

process.once('message', (job: LoadJob) => {
  void new Load(job).run().then((result) => process.send?.(result, () => process.disconnect()));
});
