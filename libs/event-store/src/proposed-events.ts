import { eventId } from './event-id.js';
import type { ExpectedRevision, NewEvent, WrittenEvent } from './event-store.js';

/** The default limit of servers up to 24.10 for one whole append; later ones allow more. */
export const MAX_APPEND_BYTES = 1024 * 1024;
export const MAX_APPEND_EVENTS = 500;

/** Counted as the server does: data, metadata and two bytes for each character of the type. */
const bytesOf = ({ type, data, metadata }: NewEvent): number =>
  Buffer.byteLength(JSON.stringify(data)) + Buffer.byteLength(JSON.stringify(metadata)) + 2 * type.length;

/**
 * Gives each event its revision and its id.
 * @throws {RangeError} nothing to append, or more than one append may carry
 */
export const proposedEvents = (
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): readonly WrittenEvent[] => {
  if (events.length === 0) throw new RangeError(`An append to ${stream} carries no event.`);
  if (events.length > MAX_APPEND_EVENTS) {
    throw new RangeError(
      `An append to ${stream} carries ${events.length} events; at most ${MAX_APPEND_EVENTS} fit: split it.`,
    );
  }
  const bytes = events.reduce((sum, event) => sum + bytesOf(event), 0);
  if (bytes > MAX_APPEND_BYTES) {
    throw new RangeError(
      `An append to ${stream} has ${bytes} bytes; at most ${MAX_APPEND_BYTES} fit: split it.`,
    );
  }
  const first = expected === 'no-stream' ? 0n : expected + 1n;
  return events.map(({ type, data, metadata }, index) => {
    const revision = first + BigInt(index);
    return {
      id: eventId(stream, revision, type, data, metadata.commandId),
      type,
      stream,
      revision,
      data,
      metadata,
    };
  });
};
