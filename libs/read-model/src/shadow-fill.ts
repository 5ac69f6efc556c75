import type { EventFeedSource, Feed } from '#kernel';
import { pause } from './backoff.js';
import { batchHandler } from './batch-handler.js';
import { CheckpointWriter } from './checkpoint-writer.js';
import { readCheckpoint } from './checkpoints.js';
import type { Database } from './database.js';
import { DEFAULT_PROJECTION_BATCH, projecting, type ProjectionModel } from './projection.js';

const POLL_MS = 10;
/** A rebuild that cannot handle an event must say so and end, not wait for ever. */
const MOST_FAILURES = 5;

/** Fills the shadow schema of one read model and follows the log, until stopped. */
export class ShadowFill {
  readonly #feed: Feed;
  readonly #writer: CheckpointWriter;
  #failures = 0;
  #failure: unknown;

  private constructor(
    source: EventFeedSource,
    model: ProjectionModel,
    writer: CheckpointWriter,
    db: Database,
    shadow: string,
  ) {
    this.#writer = writer;
    const handle = batchHandler(writer, projecting(db, model, shadow), model.isOfInterest);
    this.#feed = source.subscribeToAll({
      after: writer.written(),
      streamPrefixes: model.streamPrefixes,
      maxBatch: model.maxBatch ?? DEFAULT_PROJECTION_BATCH,
      handle: async (batch) => {
        await handle(batch);
        this.#failures = 0;
      },
      onFailure: (error) => {
        this.#failure = error;
        this.#failures++;
      },
    });
    this.#feed.done.catch((error: unknown) => {
      this.#failure = error;
      this.#failures = MOST_FAILURES;
    });
  }

  static async start(
    db: Database,
    source: EventFeedSource,
    model: ProjectionModel,
    shadow: string,
  ): Promise<ShadowFill> {
    const stored = await readCheckpoint(db, shadow);
    const writer = new CheckpointWriter(db, shadow, stored?.position ?? null);
    return new ShadowFill(source, model, writer, db, shadow);
  }

  position(): bigint | null {
    return this.#feed.position();
  }

  /** Resolves once everything up to `target` was handled; `false` when that took longer than `withinMs`. */
  async reached(target: bigint | null, withinMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    const deadline = Date.now() + withinMs;
    const isThere = () => target === null || (this.position() ?? -1n) >= target;
    while (!isThere()) {
      if (this.#failures >= MOST_FAILURES) throw this.#failure;
      if (Date.now() > deadline) return false;
      await pause(POLL_MS);
    }
    return true;
  }

  /** Resolves when nothing is written any more and the shadow's checkpoint is where `position` says. */
  async stop(): Promise<void> {
    await this.#feed.stop();
    await this.#writer.flush();
  }
}
