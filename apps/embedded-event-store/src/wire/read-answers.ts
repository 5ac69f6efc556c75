import type { StoredEvent } from '../log/stored-event.js';
import { MessageWriter } from './message-writer.js';
import { revisionOnWire, writePosition, writeStreamIdentifier, writeTimestamp } from './shared-fields.js';
import { writeUuid } from './uuid.js';

const OVERHEAD = 256;

export interface ResolvedEvent {
  /** Absent when a link's target is gone. */
  readonly event?: StoredEvent;
  /** The link through which the event was reached. */
  readonly link?: StoredEvent;
}

export const eventAnswer = ({ event, link }: ResolvedEvent, uuidsAsText: boolean): Buffer => {
  const writer = new MessageWriter(roomFor(event) + roomFor(link));
  writer.message(1, () => {
    const original = link ?? event;
    if (original !== undefined) writer.uint(3, original.position);
    if (link !== undefined) writer.message(2, () => writeEvent(writer, link, uuidsAsText));
    if (event !== undefined) writer.message(1, () => writeEvent(writer, event, uuidsAsText));
  });
  return writer.finish();
};

const roomFor = (event: StoredEvent | undefined) =>
  event === undefined ? 0 : OVERHEAD + event.data.length + event.metadata.length + 2 * event.stream.length;

const writeEvent = (writer: MessageWriter, event: StoredEvent, uuidsAsText: boolean): void => {
  writer.bytes(8, event.data);
  writer.bytes(7, event.metadata);
  writeProperty(writer, 'created', `${event.created}0000`);
  writeProperty(writer, 'content-type', event.isJson ? 'application/json' : 'application/octet-stream');
  writeProperty(writer, 'type', event.type);
  writer.uint(5, event.position);
  writer.uint(4, event.position);
  writer.uint(3, revisionOnWire(event.revision));
  writeStreamIdentifier(writer, 2, event.stream);
  writeUuid(writer, 1, event.id, uuidsAsText);
};

const writeProperty = (writer: MessageWriter, key: string, value: string): void =>
  writer.message(6, () => {
    writer.string(2, value);
    writer.string(1, key);
  });

const answer = (write: (writer: MessageWriter) => void): Buffer => {
  const writer = new MessageWriter(64);
  write(writer);
  return writer.finish();
};

export const confirmation = (subscriptionId: string): Buffer =>
  answer((writer) => writer.message(2, () => writer.string(1, subscriptionId)));

export const checkpoint = (position: number, now: number): Buffer =>
  answer((writer) =>
    writer.message(3, () => {
      writeTimestamp(writer, 3, now);
      writePosition(writer, position);
    }),
  );

export const streamNotFound = (stream: string): Buffer =>
  answer((writer) => writer.message(4, () => writeStreamIdentifier(writer, 1, stream)));

export const firstStreamPosition = (revision: number): Buffer => answer((writer) => writer.uint(5, revision));

export const lastStreamPosition = (revision: number): Buffer => answer((writer) => writer.uint(6, revision));

/** How far a subscription that is now live has come; nothing when it has seen nothing. */
export type Reached = { readonly revision: number } | { readonly position: number } | null;

export const caughtUp = (reached: Reached, now: number): Buffer =>
  answer((writer) =>
    writer.message(8, () => {
      if (reached !== null && 'position' in reached) {
        writer.message(3, () => writePosition(writer, reached.position));
      } else if (reached !== null) writer.uint(2, reached.revision);
      writeTimestamp(writer, 1, now);
    }),
  );
