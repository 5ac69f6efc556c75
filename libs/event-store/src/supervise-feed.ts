import { type EventBatch, type Feed, type FeedOptions, StopFeed } from '#kernel';
import { backoffMs, pause } from './backoff.js';

/** What one subscription tells: batches in the order of the log, and that it has reached the head. */
export type FeedItem =
  | {
      readonly kind: 'batch';
      readonly batch: EventBatch;
      /** About as much as its events take as text, where that is known. */
      readonly bytes?: number;
    }
  | { readonly kind: 'caught-up' };

/**
 * Opens one subscription to what comes after a position. It throws when it breaks and returns when `signal` is
 * aborted; leaving the loop early releases it. The next item is asked for only when the last one was handled.
 */
export type OpenSubscription = (after: bigint | null, signal: AbortSignal) => AsyncIterable<FeedItem>;

const RETRY = { firstMs: 100, maxMs: 10_000 };

class HandlerFailed extends Error {
  override readonly name = 'HandlerFailed';
}

class SupervisedFeed implements Feed {
  readonly done: Promise<void>;
  readonly #stopping = new AbortController();
  #status: ReturnType<Feed['status']> = 'catching-up';
  #position: bigint | null;
  #attempt = 0;
  #handlerFailed = false;

  constructor(
    readonly options: FeedOptions,
    readonly open: OpenSubscription,
  ) {
    this.#position = options.after;
    this.done = this.#run();
    // The owner learns of a StopFeed from `onFailure` too; not awaiting `done` must not end the process.
    this.done.catch(() => undefined);
  }

  status(): ReturnType<Feed['status']> {
    return this.#status;
  }

  position(): bigint | null {
    return this.#position;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.done.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      while (!signal.aborted) {
        try {
          await this.#follow();
        } catch (error) {
          await this.#failed(error);
        }
      }
    } finally {
      this.#status = 'stopped';
    }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    for await (const item of this.open(this.#position, signal)) {
      if (item.kind === 'batch') await this.#handle(item.batch);
      else this.#reachedHead();
      if (signal.aborted) return;
    }
    if (!signal.aborted) throw new Error('The event store ended the subscription.');
  }

  async #handle(batch: EventBatch): Promise<void> {
    try {
      await this.options.handle(batch);
    } catch (error) {
      throw error instanceof StopFeed ? error : new HandlerFailed('The handler failed.', { cause: error });
    }
    this.#position = batch.position;
    this.#handlerFailed = false;
    this.#attempt = 0;
  }

  #reachedHead(): void {
    this.#status = 'live';
    // A handler that fails on every batch is caught up in between; only its success may end its waiting.
    if (!this.#handlerFailed) this.#attempt = 0;
  }

  async #failed(error: unknown): Promise<void> {
    const { signal } = this.#stopping;
    if (error instanceof StopFeed) {
      this.options.onFailure?.(error, null);
      throw error;
    }
    if (signal.aborted && !(error instanceof HandlerFailed)) return;
    this.#handlerFailed ||= error instanceof HandlerFailed;
    this.#status = 'down';
    const cause = error instanceof HandlerFailed ? error.cause : error;
    const delayMs = signal.aborted ? null : Math.round(backoffMs(this.#attempt++, RETRY));
    this.options.onFailure?.(cause, delayMs);
    if (delayMs !== null) await pause(delayMs, signal);
  }
}

/**
 * Keeps a subscription running: one handler call at a time, a new subscription from after the last handled batch
 * whenever it breaks or the handler rejects (0.1 s, doubling to 10 s, with jitter), until stopped or {@link StopFeed}.
 * A feed that was live stays `down` until its new subscription has reached the head again.
 */
export const superviseFeed = (options: FeedOptions, open: OpenSubscription): Feed => {
  if (options.streamPrefixes.length === 0) throw new RangeError('A feed needs at least one stream prefix.');
  return new SupervisedFeed(options, open);
};
