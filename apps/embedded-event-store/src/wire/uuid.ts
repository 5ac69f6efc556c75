import { MessageReader } from './message-reader.js';
import type { MessageWriter } from './message-writer.js';

export const uuidBytes = (text: string): Buffer => {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  if (bytes.length !== 16 || text.length < 32) throw new RangeError('An event id is not a UUID.');
  return bytes;
};

export const uuidText = (bytes: Buffer): string => {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** Reads a UUID message: text, or two 64-bit integers, the most significant one first. */
export const readUuid = (message: Buffer): Buffer => {
  const reader = new MessageReader(message);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) return structured(reader.message());
    if (field === 2) return uuidBytes(reader.string());
    reader.skip();
  }
  throw new RangeError('An event has no id.');
};

const structured = (reader: MessageReader): Buffer => {
  const bytes = Buffer.alloc(16);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 || field === 2) bytes.writeBigUInt64BE(reader.uint64(), field === 1 ? 0 : 8);
    else reader.skip();
  }
  return bytes;
};

export const writeUuid = (writer: MessageWriter, field: number, id: Buffer, asText: boolean): void =>
  writer.message(field, () => {
    if (asText) writer.string(2, uuidText(id));
    else
      writer.message(1, () => {
        writer.uint(2, id.readBigUInt64BE(8));
        writer.uint(1, id.readBigUInt64BE(0));
      });
  });
