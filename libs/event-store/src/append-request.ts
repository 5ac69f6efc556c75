import type { EventData } from '@kurrent/kurrentdb-client';
import type { Proposal } from './proposal.js';

const varint = (value: number | bigint): Buffer => {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
};

type Parts = readonly Buffer[];

const number = (field: number, value: number | bigint): Parts => [varint(field << 3), varint(value)];

const message = (field: number, parts: Parts): Parts => {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  return [varint((field << 3) | 2), varint(bytes), ...parts];
};

const text = (field: number, value: string): Parts => message(field, [Buffer.from(value, 'utf8')]);
const bytes = (field: number, value: unknown): Parts =>
  value instanceof Uint8Array ? message(field, [Buffer.from(value)]) : text(field, JSON.stringify(value));

const optionsOf = ({ stream, streamState }: Proposal, withinMs: number): Parts =>
  message(2, [
    ...message(1, text(3, stream)),
    ...(typeof streamState === 'bigint' ? number(2, streamState) : message(3, [])),
    ...message(7, [...number(1, Math.floor(withinMs / 1_000)), ...number(2, (withinMs % 1_000) * 1_000_000)]),
  ]);

const property = (name: string, value: string): Parts => message(2, [...text(1, name), ...text(2, value)]);

const proposedMessage = ({ id, type, contentType, data, metadata }: EventData): Parts =>
  message(3, [
    ...message(1, text(2, id)),
    ...property('type', type),
    ...property('content-type', contentType),
    ...(metadata === undefined ? [] : bytes(3, metadata)),
    ...bytes(4, data),
  ]);

/**
 * The protocol's `BatchAppendReq` for one whole append. Written by hand: the client builds it out of arrays of numbers, each
 * event twice and through Base64, which took more of the webhook door's time than verifying the signature.
 * @param withinMs a whole number; after that the server must not write. The client names a moment instead, which a server whose
 * clock is ahead of ours would take for over.
 */
export const batchAppendRequest = (correlationId: string, proposal: Proposal, withinMs: number): Buffer =>
  Buffer.concat([
    ...message(1, text(2, correlationId)),
    ...optionsOf(proposal, withinMs),
    ...proposal.events.flatMap(proposedMessage),
    ...number(4, 1),
  ]);
