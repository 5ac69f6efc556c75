import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { errorText } from '#kernel';
import type { DoorConfig, Logger, Stoppable } from '#platform';
import { CrashBudget } from '../crash-budget.js';
import { packConfig } from './door-config.js';

const ENTRY = new URL('./door-thread.js', import.meta.url);
const READY_WITHIN_MS = 30_000;
/** Longer than the door gives to requests in hand. */
const STOPPED_WITHIN_MS = 8_000;

export interface DoorOptions {
  readonly config: DoorConfig;
  readonly logger: Logger;
  /** The door does not stay up: the stack cannot go on. */
  readonly onGivenUp: (message: string) => void;
  /** What the thread runs; default: the door. */
  readonly entry?: URL;
}

/** The public door for webhooks in a thread of its own, so that nothing else of the process delays an answer. Brings it back when it crashes. */
export class DoorKeeper implements Stoppable {
  readonly #options: DoorOptions;
  readonly #crashes = new CrashBudget();
  #thread: Worker | undefined;
  #stopping = false;
  /** The door is being brought back: what such a start has begun must be there before it can be stopped. */
  #restart: Promise<void> = Promise.resolve();

  private constructor(options: DoorOptions) {
    this.#options = options;
  }

  /** Resolves when the door listens. @throws what it says when it cannot */
  static async start(options: DoorOptions): Promise<DoorKeeper> {
    const keeper = new DoorKeeper(options);
    await keeper.#start();
    return keeper;
  }

  /** Requests in hand end, then the thread does. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#restart;
    const thread = this.#thread;
    if (!thread) return;
    const gone = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('stop', []);
    const force = setTimeout(() => void thread.terminate(), STOPPED_WITHIN_MS);
    await gone;
    clearTimeout(force);
  }

  async #start(): Promise<void> {
    const { config, entry = ENTRY } = this.#options;
    const workerData = packConfig(config);
    const thread = new Worker(entry, { name: 'webhook-ingress', workerData });
    await ready(thread);
    this.#thread = thread;
    let failure: unknown;
    thread.on('error', (error: unknown) => (failure = error));
    thread.once('exit', (code) => {
      this.#thread = undefined;
      if (this.#stopping) return;
      this.#restart = this.#bringBack(failure ?? new Error(`Its thread ended with code ${code}.`));
    });
  }

  async #bringBack(failure: unknown): Promise<void> {
    const { logger, onGivenUp } = this.#options;
    logger.error({ err: failure }, `The webhook door crashed: ${errorText(failure)}`);
    const pauseMs = this.#crashes.spend(Date.now());
    if (pauseMs === null) return onGivenUp(`The webhook door does not stay up. ${errorText(failure)}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (this.#stopping) return;
    try {
      await this.#start();
      logger.info('The webhook door is open again.');
    } catch (error) {
      await this.#bringBack(error);
    }
  }
}

/** Resolves when the thread says so. @throws what ended it instead */
const ready = async (thread: Worker): Promise<void> => {
  const waiting = new AbortController();
  const { signal } = waiting;
  const late = setTimeout(() => void thread.terminate(), READY_WITHIN_MS);
  try {
    await Promise.race([
      once(thread, 'message', { signal }),
      once(thread, 'exit', { signal }).then(([code]) => {
        throw new Error(`The webhook door did not open: its thread ended with code ${code}.`);
      }),
    ]);
  } finally {
    clearTimeout(late);
    waiting.abort();
  }
};
