import { JetStreamApiError, type PubAck } from '@nats-io/jetstream';
import { errors, type MsgHdrs } from '@nats-io/transport-node';
import { errorText } from '#kernel';
import { NatsUnavailable } from './nats-unavailable.js';
import type { Nats } from './nats.js';
import { backoffMs, pause } from './pause.js';

export interface PublishOptions {
  readonly headers?: MsgHdrs;
  /** Lets JetStream drop the copies that our own repeats make. */
  readonly msgId: string;
  /** The stream that must store it. */
  readonly stream: string;
  /** How long to repeat before giving up (default 15 s). */
  readonly withinMs?: number;
}

/**
 * Publishes and waits until JetStream says that it has the message; repeats while nobody answers.
 * @throws {NatsUnavailable} not confirmed in time: it may or may not be stored
 */
export const publishAcked = async (
  nats: Nats,
  subject: string,
  data: string | Uint8Array,
  options: PublishOptions,
): Promise<PubAck> => {
  const withinMs = options.withinMs ?? 15_000;
  const deadline = Date.now() + withinMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await nats.jetstream.publish(subject, data, {
        msgID: options.msgId,
        expect: { streamName: options.stream },
        timeout: Math.max(100, Math.min(2_000, deadline - Date.now())),
        ...(options.headers ? { headers: options.headers } : {}),
      });
    } catch (error) {
      if (!isPassing(error) || Date.now() >= deadline) {
        throw new NatsUnavailable(
          `NATS did not confirm a message on ${subject} within ${withinMs / 1000} s (${errorText(error)}).`,
          { cause: error },
        );
      }
      await pause(Math.min(backoffMs(attempt, 50, 2_000), Math.max(1, deadline - Date.now())));
    }
  }
};

/** A server or stream that is starting, moving or away; anything else will not mend by waiting. */
const isPassing = (error: unknown): boolean =>
  error instanceof errors.TimeoutError ||
  (error instanceof Error && error.name === 'JetStreamNotEnabled') ||
  (error instanceof errors.RequestError && error.isNoResponders()) ||
  (error instanceof JetStreamApiError && error.status === 503);
