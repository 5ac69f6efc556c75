import { errorText, type EventFeedSource, type Feed, type RecordedEvent } from '#kernel';
import { backoffMs, pause } from './backoff.js';
import { batchHandler, type HandleEvents } from './batch-handler.js';
import { CheckpointWriter } from './checkpoint-writer.js';
import { checkFitsLog, ensureCheckpoint, moveCheckpoint, readCheckpoint } from './checkpoints.js';
import type { Database } from './database.js';
import { Leadership } from './leadership.js';
import type { LockKeeper } from './lock-keeper.js';
import { ProgressWatch } from './progress-watch.js';
import type { Runner, RunnerStatus } from './runner.js';

/** What every runner needs. */
export interface RunnerContext {
  readonly db: Database;
  readonly source: EventFeedSource;
  readonly keeper: LockKeeper;
  /** Told of every failure, and when it is tried again. */
  readonly onFailure?: (name: string, error: unknown, retryInMs: number | null) => void;
  /** How long the checkpoint may fail to reach a head before health complains (default 30 s). */
  readonly patienceMs?: number;
  /** Pause after the first failure to lead or to prepare (default 500 ms; doubled up to 30 s). */
  readonly retryFirstMs?: number;
}

/** What tells one runner from another. */
export interface FeedWork {
  readonly name: string;
  readonly streamPrefixes: readonly string[];
  readonly maxBatch?: number;
  readonly gatherMs?: number;
  readonly handleEvents: HandleEvents;
  /** Left out: all events are of interest. Those that are not only move the checkpoint. */
  isOfInterest?(this: void, event: RecordedEvent): boolean;
  prepare(this: void): Promise<void>;
  /** Where a runner without a checkpoint begins: after this position. */
  firstPosition(this: void): Promise<bigint | null>;
  /** Where to begin, given the stored checkpoint: that, or an earlier position. */
  resumeFrom(this: void, checkpoint: bigint | null): Promise<bigint | null>;
}

/** Name of the lock of whoever runs `name`. */
export const runnerLock = (name: string): string => `passerelle:runner:${name}`;

const RETRY_MAX_MS = 30_000;

export class FeedRunner implements Runner {
  readonly name: string;
  readonly prepared: Promise<void>;
  readonly #context: RunnerContext;
  readonly #work: FeedWork;
  readonly #watch: ProgressWatch;
  readonly #stopping = new AbortController();
  #leadership: Leadership | null = null;
  #feed: Feed | null = null;
  #writer: CheckpointWriter | null = null;
  #standby = false;
  #failure: string | null = null;

  constructor(context: RunnerContext, work: FeedWork) {
    this.name = work.name;
    this.#context = context;
    this.#work = work;
    this.#watch = new ProgressWatch(context.patienceMs ?? 30_000);
    this.prepared = this.#start();
  }

  status(): RunnerStatus {
    if (this.#stopping.signal.aborted) return 'stopped';
    if (this.#feed && this.#feed.status() !== 'stopped') return this.#feed.status();
    if (this.#failure !== null) return 'down';
    return this.#standby ? 'standby' : 'starting';
  }

  position(): bigint | null {
    return this.#writer?.written() ?? null;
  }

  async lag(): Promise<bigint> {
    const { position, head } = await this.#measure();
    return head === null ? 0n : head > (position ?? 0n) ? head - (position ?? 0n) : 0n;
  }

  async health(): Promise<string | null> {
    const status = this.status();
    if (status === 'stopped') return 'stopped';
    if (status === 'starting') return 'starting';
    if (status === 'down') return this.#failure ?? 'the subscription is down';
    try {
      const { position, head } = await this.#measure();
      return this.#watch.complaint(position, head, Date.now());
    } catch (error) {
      return errorText(error);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.prepared;
    await this.#leadership?.stop();
  }

  async #start(): Promise<void> {
    const stop = this.#stopping.signal;
    for (let failures = 1; !stop.aborted; failures++) {
      try {
        await this.#work.prepare();
        break;
      } catch (error) {
        const retryInMs = backoffMs(failures, this.#context.retryFirstMs ?? 500, RETRY_MAX_MS);
        this.#fail(error, retryInMs);
        await pause(retryInMs, stop);
      }
    }
    if (stop.aborted) return;
    this.#failure = null;
    this.#leadership = new Leadership({
      keeper: this.#context.keeper,
      lock: runnerLock(this.name),
      lead: (until) => this.#lead(until),
      onFailure: (error, retryInMs) => this.#fail(error, retryInMs),
      onStandby: () => {
        this.#standby = true;
        this.#failure = null;
      },
      retryFirstMs: this.#context.retryFirstMs ?? 500,
      retryMaxMs: RETRY_MAX_MS,
    });
  }

  async #lead(until: AbortSignal): Promise<void> {
    this.#standby = false;
    const after = await this.#startingPoint();
    if (until.aborted) return;
    const writer = new CheckpointWriter(this.#context.db, this.name, after);
    const feed = this.#subscribe(writer, after);
    const stop = () => void feed.stop();
    until.addEventListener('abort', stop, { once: true });
    this.#writer = writer;
    this.#feed = feed;
    try {
      await feed.done;
    } finally {
      until.removeEventListener('abort', stop);
      this.#feed = null;
      this.#writer = null;
      await writer.close();
    }
  }

  #subscribe(writer: CheckpointWriter, after: bigint | null): Feed {
    const { streamPrefixes, maxBatch, gatherMs, handleEvents, isOfInterest } = this.#work;
    const handle = batchHandler(writer, handleEvents, isOfInterest);
    return this.#context.source.subscribeToAll({
      after,
      streamPrefixes,
      ...(maxBatch === undefined ? {} : { maxBatch }),
      ...(gatherMs === undefined ? {} : { gatherMs }),
      handle: async (batch) => {
        await handle(batch);
        this.#failure = null;
      },
      onFailure: (error, retryInMs) => this.#fail(error, retryInMs),
    });
  }

  async #startingPoint(): Promise<bigint | null> {
    const { db, source } = this.#context;
    const logId = await source.logId();
    const stored =
      (await readCheckpoint(db, this.name)) ??
      (await ensureCheckpoint(db, this.name, { logId, position: await this.#work.firstPosition() }));
    checkFitsLog(this.name, stored, { logId, position: await source.head() });
    const wanted = await this.#work.resumeFrom(stored.position);
    if (stored.position === null || (wanted !== null && wanted >= stored.position)) return stored.position;
    await moveCheckpoint(db, this.name, stored.position, wanted);
    return wanted;
  }

  async #measure(): Promise<{ position: bigint | null; head: bigint | null }> {
    const { db, source } = this.#context;
    const head = await source.head();
    const position = this.#writer ? this.#writer.written() : (await readCheckpoint(db, this.name))?.position;
    return { position: position ?? null, head };
  }

  #fail(error: unknown, retryInMs: number | null): void {
    this.#failure = errorText(error);
    this.#context.onFailure?.(this.name, error, retryInMs);
  }
}
