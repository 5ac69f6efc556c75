import type { RecordedEvent } from '#kernel';
import type { HandleEvents } from './batch-handler.js';
import type { Database, Sql } from './database.js';
import { FeedRunner, type RunnerContext } from './feed-runner.js';
import { migrate } from './migrations.js';
import type { Runner } from './runner.js';

/** Tables in a PostgreSQL schema of their own, filled from the log and rebuilt from it at any time. */
export interface ProjectionModel {
  /** Name of the schema, the checkpoint and the lock; at most 51 of `a-z 0-9 _`. */
  readonly name: string;
  /** SQL texts, applied once each in order. `{schema}` stands for the schema: every name must be qualified with it. */
  readonly migrations: readonly string[];
  readonly streamPrefixes: readonly string[];
  /** Events per transaction (default 500). */
  readonly maxBatch?: number;
  /** How long events gather for a transaction while they come densely (default 50 ms). */
  readonly gatherMs?: number;
  /** Left out: all events are projected. Those that are not move the checkpoint alone, at a fraction of the cost. */
  isOfInterest?(this: void, event: RecordedEvent): boolean;
  /**
   * Writes what follows from the events, through `tx` only and into `schema` only: a rebuild runs it on a shadow schema
   * beside the live one. Events come in log order, each exactly once as far as the tables can tell.
   */
  project(tx: Sql, schema: string, events: readonly RecordedEvent[]): Promise<void>;
}

/**
 * Projects events and moves the checkpoint in one transaction. The checkpoint comes first: its row lock is what a swap of
 * schemas and a second copy meet, before any table is touched.
 */
export const projecting =
  (db: Database, model: ProjectionModel, schema: string): HandleEvents =>
  (events, move) =>
    db.transaction(
      async (tx) => {
        await move(tx);
        await model.project(tx, schema, events);
      },
      { durable: false },
    );

export const DEFAULT_PROJECTION_BATCH = 500;

/**
 * Keeps a read model up to date: on one process at a time, in batches, one transaction each, from its checkpoint. A batch
 * that fails is tried again with growing pauses and shows in {@link Runner.health}; no event is ever skipped.
 */
export const runProjection = (context: RunnerContext & { readonly model: ProjectionModel }): Runner => {
  const { db, model } = context;
  return new FeedRunner(context, {
    name: model.name,
    streamPrefixes: model.streamPrefixes,
    maxBatch: model.maxBatch ?? DEFAULT_PROJECTION_BATCH,
    ...(model.gatherMs === undefined ? {} : { gatherMs: model.gatherMs }),
    ...(model.isOfInterest === undefined ? {} : { isOfInterest: model.isOfInterest }),
    handleEvents: projecting(db, model, model.name),
    prepare: () => migrate(db, model.name, model.migrations),
    firstPosition: () => Promise.resolve(null),
    resumeFrom: (checkpoint) => Promise.resolve(checkpoint),
  });
};
