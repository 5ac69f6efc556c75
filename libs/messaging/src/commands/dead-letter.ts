import type { JsMsg } from '@nats-io/jetstream';
import { headers as newHeaders, type MsgHdrs } from '@nats-io/transport-node';
import { STREAMS } from '#contracts';
import type { Nats } from '../nats/nats.js';
import { publishAcked } from '../nats/publish-acked.js';

export const DEAD_PREFIX = 'passerelle.dead.';
const MARK = 'Passerelle-Dead-';
export const DEAD_HEADERS = {
  reason: `${MARK}Reason`,
  attempts: `${MARK}Attempts`,
  subject: `${MARK}Subject`,
  sequence: `${MARK}Sequence`,
  time: `${MARK}Time`,
} as const;

/** Stores a copy of a command that nobody can handle; resolves once JetStream has it. */
export const publishDeadLetter = async (nats: Nats, message: JsMsg, reason: string): Promise<void> => {
  const { subject, seq, timestamp, info } = message;
  const headers = originalHeaders(message.headers);
  headers.set(DEAD_HEADERS.reason, oneLine(reason));
  headers.set(DEAD_HEADERS.attempts, String(info.deliveryCount));
  headers.set(DEAD_HEADERS.subject, subject);
  headers.set(DEAD_HEADERS.sequence, String(seq));
  headers.set(DEAD_HEADERS.time, timestamp);
  await publishAcked(nats, DEAD_PREFIX + subject, message.data, {
    stream: STREAMS.dead,
    msgId: `dead:${info.stream}:${seq}:${timestamp}`,
    headers,
  });
};

/** The headers of the command itself, without those of JetStream and of its death. */
export const originalHeaders = (headers: MsgHdrs | undefined): MsgHdrs => {
  const kept = newHeaders();
  for (const [name, values] of headers ?? []) {
    if (name.startsWith('Nats-') || name.startsWith(MARK)) continue;
    for (const value of values) kept.append(name, value);
  }
  return kept;
};

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 1_000);
