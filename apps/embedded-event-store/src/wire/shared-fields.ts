import { TOMBSTONE } from '../log/stored-event.js';
import type { MessageWriter } from './message-writer.js';

const TOMBSTONE_ON_WIRE = 2n ** 63n - 1n;

export const revisionOnWire = (revision: number): number | bigint =>
  revision === TOMBSTONE ? TOMBSTONE_ON_WIRE : revision;

/** A position is one number here: commit and prepare are the same. */
export const writePosition = (writer: MessageWriter, position: number): void => {
  writer.uint(2, position);
  writer.uint(1, position);
};

export const writeStreamIdentifier = (writer: MessageWriter, field: number, stream: string): void =>
  writer.message(field, () => writer.string(3, stream));

export const writeTimestamp = (writer: MessageWriter, field: number, milliseconds: number): void =>
  writer.message(field, () => {
    writer.uint(2, (milliseconds % 1_000) * 1_000_000);
    writer.uint(1, Math.floor(milliseconds / 1_000));
  });
