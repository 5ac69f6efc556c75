import type { Expected } from '../log/stored-event.js';
import { MessageWriter } from './message-writer.js';
import { writePosition, writeStreamIdentifier, revisionOnWire } from './shared-fields.js';

export const appendSucceeded = (revision: number, position: number): Buffer => {
  const writer = new MessageWriter();
  writer.message(1, () => writeSuccess(writer, revision, position));
  return writer.finish();
};

/** The refusal in today's fields and in those of servers 20.6. */
export const appendRefused = (current: number, expected: Expected): Buffer => {
  const writer = new MessageWriter();
  writer.message(2, () => {
    if (typeof expected === 'number') writer.uint(8, revisionOnWire(expected));
    else writer.empty({ any: 9, 'stream-exists': 10, 'no-stream': 11 }[expected]);
    if (current < 0) writer.empty(7);
    else writer.uint(6, revisionOnWire(current));
    if (expected === 'stream-exists') writer.empty(5);
    else if (expected === 'any') writer.empty(4);
    else if (typeof expected === 'number') writer.uint(3, revisionOnWire(expected));
    if (current < 0) writer.empty(2);
    else writer.uint(1, revisionOnWire(current));
  });
  return writer.finish();
};

/** Answer to `Delete` and `Tombstone`. */
export const deleteSucceeded = (position: number): Buffer => {
  const writer = new MessageWriter(32);
  writer.message(1, () => writePosition(writer, position));
  return writer.finish();
};

/** What a batch append is answered about: the client dereferences both without looking. */
export interface BatchSubject {
  readonly correlationId: Buffer;
  readonly stream: string;
}

export const batchSucceeded = (subject: BatchSubject, revision: number, position: number): Buffer =>
  batchAnswer(subject, (writer) => writer.message(3, () => writeSuccess(writer, revision, position)));

/** Why a batch append was refused, as the `google.rpc.Status` detail that the client knows. */
export type BatchRefusal =
  | { readonly kind: 'wrong-expected-version'; readonly current: number; readonly expected: Expected }
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'too-large'; readonly limit: number }
  | { readonly kind: 'bad-request'; readonly message: string }
  | { readonly kind: 'unknown' };

export const batchRefused = (subject: BatchSubject, refusal: BatchRefusal): Buffer => {
  const [code, type, writeDetail] = detailOf(subject, refusal);
  return batchAnswer(subject, (writer) =>
    writer.message(2, () => {
      writer.message(3, () => {
        writer.message(2, () => writeDetail(writer));
        writer.string(1, `type.googleapis.com/event_store.client.${type}`);
      });
      writer.string(2, 'message' in refusal ? refusal.message : type);
      writer.uint(1, code);
    }),
  );
};

type Detail = readonly [code: number, type: string, write: (writer: MessageWriter) => void];

/** Codes are those of `google.rpc.Code`. */
const detailOf = ({ stream }: BatchSubject, refusal: BatchRefusal): Detail => {
  switch (refusal.kind) {
    case 'wrong-expected-version':
      return [9, 'WrongExpectedVersion', (writer) => writeWrongVersion(writer, refusal)];
    case 'stream-deleted':
      return [9, 'StreamDeleted', (writer) => writeStreamIdentifier(writer, 1, stream)];
    case 'timeout':
      return [4, 'Timeout', () => undefined];
    case 'too-large':
      return [3, 'MaximumAppendSizeExceeded', (writer) => writer.uint(1, refusal.limit)];
    case 'bad-request':
      return [3, 'BadRequest', (writer) => writer.string(1, refusal.message)];
    case 'unknown':
      return [2, 'Unknown', () => undefined];
  }
};

const writeWrongVersion = (
  writer: MessageWriter,
  { current, expected }: { readonly current: number; readonly expected: Expected },
): void => {
  if (typeof expected === 'number') writer.uint(3, revisionOnWire(expected));
  else writer.empty({ any: 4, 'stream-exists': 5, 'no-stream': 6 }[expected]);
  if (current < 0) writer.empty(2);
  else writer.uint(1, revisionOnWire(current));
};

const batchAnswer = (subject: BatchSubject, writeResult: (writer: MessageWriter) => void): Buffer => {
  const writer = new MessageWriter();
  writeStreamIdentifier(writer, 4, subject.stream);
  writeResult(writer);
  writer.bytes(1, subject.correlationId);
  return writer.finish();
};

const writeSuccess = (writer: MessageWriter, revision: number, position: number): void => {
  if (position > 0) writer.message(3, () => writePosition(writer, position));
  else writer.empty(4);
  if (revision < 0) writer.empty(2);
  else writer.uint(1, revisionOnWire(revision));
};
