import type { Expected, ProposedEvent } from '../log/stored-event.js';
import { MessageReader } from './message-reader.js';
import { readUuid } from './uuid.js';

/** Which stream a request is about, and what it expects of it. */
export interface Target {
  readonly stream: string;
  readonly expected: Expected;
  /** Instant (ms) after which the append may not happen any more. */
  readonly deadline?: number;
}

/** An event without a type or content type, which the protocol requires. */
export class MissingMetadataProperty extends Error {
  override readonly name = 'MissingMetadataProperty';
  constructor() {
    super('An event lacks "type" or "content-type" in its metadata.');
  }
}

/** A request of `Append`: first the target, then one event each. */
export interface AppendMessage {
  readonly target?: Target;
  readonly event?: ProposedEvent;
  /** Why the target or the event could not be read. */
  readonly fault?: Error;
}

/** A request of `BatchAppend`: one chunk of an append. */
export interface BatchAppendMessage {
  /** The encoded UUID, echoed as it came. */
  readonly correlationId: Buffer;
  readonly target?: Target;
  readonly events: readonly ProposedEvent[];
  readonly isFinal: boolean;
  /** Why the target or an event of this chunk could not be read. */
  readonly fault?: Error;
}

const EMPTY = Buffer.alloc(0);

export const readAppendMessage = (buffer: Buffer): AppendMessage => {
  const reader = new MessageReader(buffer);
  let message: AppendMessage = {};
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) message = { ...message, ...readTarget(reader.message()) };
    else if (field === 2) message = { ...message, ...readEvent(reader.message()) };
    else reader.skip();
  }
  return message;
};

export const readBatchAppendMessage = (buffer: Buffer): BatchAppendMessage => {
  const reader = new MessageReader(buffer);
  const events: ProposedEvent[] = [];
  let message: BatchAppendMessage = { correlationId: EMPTY, events, isFinal: false };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) message = { ...message, correlationId: reader.bytes() };
    else if (field === 2) message = { ...message, ...readTarget(reader.message()) };
    else if (field === 3) {
      const { event, fault } = readEvent(reader.message());
      if (event === undefined) message = { ...message, fault };
      else events.push(event);
    } else if (field === 4) message = { ...message, isFinal: reader.uint() !== 0 };
    else reader.skip();
  }
  return message;
};

/** `Delete` and `Tombstone`: nothing but a target. */
export const readTargetMessage = (buffer: Buffer): Pick<AppendMessage, 'target' | 'fault'> =>
  readAppendMessage(buffer);

/** All four requests number these fields alike; the deadlines are `BatchAppend`'s alone. */
const readTarget = (reader: MessageReader): Pick<AppendMessage, 'target' | 'fault'> => {
  let stream = '';
  let expected: Expected = 'any';
  let deadline: number | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) stream = readStreamIdentifier(reader.message());
    else if (field === 2) expected = reader.uint();
    else if (field === 6) deadline = readMilliseconds(reader.message());
    else if (field === 7) deadline = Date.now() + readMilliseconds(reader.message());
    else {
      if (field === 3) expected = 'no-stream';
      else if (field === 4) expected = 'any';
      else if (field === 5) expected = 'stream-exists';
      reader.skip();
    }
  }
  if (stream === '') return { fault: new RangeError('The request names no stream.') };
  return { target: { stream, expected, deadline } };
};

const readStreamIdentifier = (reader: MessageReader): string => {
  let stream = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 3) stream = reader.string();
    else reader.skip();
  }
  return stream;
};

/** A `Timestamp` or a `Duration`: seconds and nanoseconds. */
const readMilliseconds = (reader: MessageReader): number => {
  let milliseconds = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    const value = Number(BigInt.asIntN(64, reader.uint64()));
    milliseconds += field === 1 ? value * 1_000 : value / 1_000_000;
  }
  return milliseconds;
};

const readEvent = (reader: MessageReader): Pick<AppendMessage, 'event' | 'fault'> => {
  let id: Buffer = EMPTY;
  let data: Buffer = EMPTY;
  let metadata: Buffer = EMPTY;
  const properties = new Map<string, string>();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) id = reader.bytes();
    else if (field === 2) readMapEntry(reader.message(), properties);
    else if (field === 3) metadata = reader.bytes();
    else if (field === 4) data = reader.bytes();
    else reader.skip();
  }
  const type = properties.get('type');
  const contentType = properties.get('content-type');
  if (type === undefined || contentType === undefined) return { fault: new MissingMetadataProperty() };
  try {
    return { event: { id: readUuid(id), type, isJson: contentType === 'application/json', data, metadata } };
  } catch (error) {
    return { fault: error instanceof Error ? error : new Error(String(error)) };
  }
};

const readMapEntry = (reader: MessageReader, properties: Map<string, string>): void => {
  let key = '';
  let value = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) key = reader.string();
    else if (field === 2) value = reader.string();
    else reader.skip();
  }
  properties.set(key, value);
};
