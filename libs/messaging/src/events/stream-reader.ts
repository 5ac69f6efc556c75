import {
  AckPolicy,
  DeliverPolicy,
  type Consumer,
  type ConsumerMessages,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos, nuid } from '@nats-io/transport-node';
import { errorText } from '#kernel';
import { NatsUnavailable } from '../nats/nats-unavailable.js';
import type { Nats } from '../nats/nats.js';
import { backoffMs, pause } from '../nats/pause.js';

/** Few, because a public event may weigh half a megabyte and a slow reader holds this many. */
const BATCH = 16;

/**
 * Messages of a stream in stored order, from a sequence on, then live until the signal aborts. Each comes once; after a
 * lost server, a deleted consumer or a hole in the deliveries it goes on behind the last one yielded. A reader that is
 * slow holds up only itself.
 */
export async function* followStored(
  nats: Nats,
  stream: string,
  filter: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<JsMsg, void> {
  let next = from;
  for (let failures = 0; !signal.aborted;) {
    try {
      for await (const message of deliveries(nats, stream, filter, next, signal)) {
        failures = 0;
        next = message.seq + 1;
        yield message;
      }
    } catch {
      failures += 1;
      await pause(backoffMs(failures, 50, 2_000), signal);
    }
  }
}

/** The messages that are stored by now, then the end. @throws {NatsUnavailable} it could not be read to the end */
export async function* readStored(
  nats: Nats,
  stream: string,
  filter: string,
  from: number,
): AsyncGenerator<JsMsg, void> {
  const newest = await nats.manager.streams.getMessage(stream, { last_by_subj: filter });
  if (!newest || newest.seq < from) return;
  try {
    for await (const message of deliveries(nats, stream, filter, from, AbortSignal.timeout(30_000))) {
      yield message;
      if (message.info.pending === 0) return;
    }
  } catch (error) {
    throw new NatsUnavailable(`Cannot read ${stream} (${errorText(error)}).`, { cause: error });
  }
  throw new NatsUnavailable(`Reading ${stream} took longer than 30 s.`);
}

/** One consumer's deliveries; ends at the abort, rejects on anything that could hide a message. */
async function* deliveries(
  nats: Nats,
  stream: string,
  filter: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<JsMsg, void> {
  const info = await nats.manager.consumers.add(stream, {
    name: `tail-${nuid.next()}`,
    filter_subject: filter,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: Math.max(1, from),
    inactive_threshold: nanos(60_000),
    mem_storage: true,
    num_replicas: 1,
  });
  const consumer = nats.jetstream.consumers.getConsumerFromInfo(info);
  let delivered = 0;
  try {
    while (!signal.aborted) {
      for await (const message of fetchBatch(consumer, signal)) {
        delivered += 1;
        if (message.info.deliverySequence !== delivered) throw new Error('A delivery is missing.');
        yield message;
      }
    }
  } finally {
    void nats.manager.consumers.delete(stream, info.name).catch(() => undefined);
  }
}

async function* fetchBatch(consumer: Consumer, signal: AbortSignal): AsyncGenerator<JsMsg, void> {
  const batch: ConsumerMessages = await consumer.fetch({ max_messages: BATCH, expires: 5_000, bind: true });
  const stop = (): void => batch.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    yield* batch;
  } finally {
    signal.removeEventListener('abort', stop);
    batch.stop();
  }
}
