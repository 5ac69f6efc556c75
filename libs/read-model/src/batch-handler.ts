import { errorText, StopFeed, type EventBatch, type RecordedEvent } from '#kernel';
import type { CheckpointWriter, MoveCheckpoint } from './checkpoint-writer.js';
import { DatabaseUnavailable } from './database-errors.js';

/** What a projection, reactor or publisher does with consecutive events. It calls `move` exactly once. */
export type HandleEvents = (events: readonly RecordedEvent[], move: MoveCheckpoint) => Promise<void>;

/** An event that cannot be handled; named, so that an operator finds it. */
export class EventNotHandled extends Error {
  override readonly name = 'EventNotHandled';

  constructor(
    readonly event: RecordedEvent,
    cause: unknown,
  ) {
    const { type, revision, stream, position } = event;
    super(
      `${type} (${revision} of ${stream}, log position ${position}) cannot be handled: ${errorText(cause)}`,
      { cause },
    );
  }
}

const isOurTrouble = (error: unknown): boolean =>
  !(error instanceof StopFeed || error instanceof DatabaseUnavailable);

/**
 * Handles batches of a feed and moves the checkpoint with them. A batch that fails is tried again event by event: what
 * comes before the faulty event is done and checkpointed, and the error names the event.
 */
export const batchHandler =
  (
    writer: CheckpointWriter,
    handleEvents: HandleEvents,
    isOfInterest: (event: RecordedEvent) => boolean = () => true,
  ) =>
  async (batch: EventBatch): Promise<void> => {
    const written = writer.written();
    const events = batch.events.filter(
      (event) => (written === null || event.position > written) && isOfInterest(event),
    );
    if (events.length === 0) return writer.advanceIdle(batch.position);
    try {
      await writer.advance(batch.position, (move) => handleEvents(events, move));
    } catch (error) {
      if (!isOurTrouble(error)) throw error;
      await oneByOne(writer, handleEvents, events);
      await writer.advanceIdle(batch.position);
    }
  };

const oneByOne = async (
  writer: CheckpointWriter,
  handleEvents: HandleEvents,
  events: readonly RecordedEvent[],
): Promise<void> => {
  for (const event of events) {
    try {
      await writer.advance(event.position, (move) => handleEvents([event], move));
    } catch (error) {
      throw isOurTrouble(error) ? new EventNotHandled(event, error) : error;
    }
  }
};
