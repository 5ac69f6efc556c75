import type { RecordedEvent } from '#kernel';
import type { HandleEvents } from './batch-handler.js';
import { FeedRunner, type RunnerContext } from './feed-runner.js';
import { identifier } from './identifiers.js';
import { prepareOwnTables } from './own-tables.js';
import type { Runner } from './runner.js';

interface ReactorBase {
  /** Name of the checkpoint and the lock; at most 51 of `a-z 0-9 _`. */
  readonly name: string;
  readonly streamPrefixes: readonly string[];
  readonly maxBatch?: number;
  /** How long events gather for a batch while they come densely (default 50 ms). */
  readonly gatherMs?: number;
  /** Left out: it reacts to all events. Those to which it does not only move its checkpoint. */
  isOfInterest?(this: void, event: RecordedEvent): boolean;
  /** Where it begins when it never ran before: with the log's first event (default), or with what comes from now on. */
  readonly startFrom?: 'beginning' | 'now';
  /**
   * Asked at each start: the position after which to go on, given the stored checkpoint. A publisher answers with the
   * last position that it finds published; what lies beyond the checkpoint is ignored, `null` means the beginning.
   */
  readonly resumeFrom?: (checkpoint: bigint | null) => Promise<bigint | null>;
}

/** One effect per event, or per batch of consecutive events. */
export type Reaction =
  | { readonly react: (event: RecordedEvent) => Promise<void> }
  | { readonly reactBatch: (events: readonly RecordedEvent[]) => Promise<void> };

export type Reactor = ReactorBase & Reaction;

const reacting =
  (reactor: Reactor): HandleEvents =>
  async (events, move) => {
    if ('reactBatch' in reactor) await reactor.reactBatch(events);
    else for (const event of events) await reactor.react(event);
    await move();
  };

/**
 * Acts on events, on one process at a time: first the effect, then the checkpoint. So each event is acted on at least
 * once, in order; the effect must bear a repeat. Failures are tried again with growing pauses and show in health.
 */
export const runReactor = (context: RunnerContext & { readonly reactor: Reactor }): Runner => {
  const { db, source, reactor } = context;
  return new FeedRunner(context, {
    name: identifier(reactor.name),
    streamPrefixes: reactor.streamPrefixes,
    ...(reactor.maxBatch === undefined ? {} : { maxBatch: reactor.maxBatch }),
    ...(reactor.gatherMs === undefined ? {} : { gatherMs: reactor.gatherMs }),
    ...(reactor.isOfInterest === undefined ? {} : { isOfInterest: reactor.isOfInterest }),
    handleEvents: reacting(reactor),
    prepare: () => prepareOwnTables(db),
    firstPosition: () => (reactor.startFrom === 'now' ? source.head() : Promise.resolve(null)),
    resumeFrom: reactor.resumeFrom ?? ((checkpoint) => Promise.resolve(checkpoint)),
  });
};
