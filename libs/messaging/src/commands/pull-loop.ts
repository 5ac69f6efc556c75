import { Logger } from '@nestjs/common';
import type { ConsumerConfig, ConsumerInfo, JsMsg } from '@nats-io/jetstream';
import { errorText } from '#kernel';
import type { Nats } from '../nats/nats.js';
import { backoffMs, pause } from '../nats/pause.js';
import { ensureConsumer } from './ensure-consumer.js';

/** How long a request for a message stands: what a stop may take when nothing is in hand. */
const FETCH_MS = 2_000;
/** What the server's word that a request has expired may take. */
const LATEST_WORD_MS = 500;

export interface PullLoopOptions {
  readonly nats: Nats;
  readonly stream: string;
  readonly consumer: Partial<ConsumerConfig> & { readonly durable_name: string };
  /** How many messages are handled at once; no more than these are ever fetched. */
  readonly concurrency: number;
  /** Settles the message. Must not reject. */
  handle(this: void, message: JsMsg): Promise<void>;
}

/**
 * Takes messages from a durable pull consumer in as many lanes as may work at once. A lane asks for one message, handles
 * it and asks again: what waits in a client's buffer would already run against `ack_wait`. Whatever goes wrong with
 * the fetching (server away, consumer deleted, heartbeats missed), the lane makes sure of the consumer and goes on.
 */
export class PullLoop {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private readonly expired = new AbortController();
  private lanes: Promise<void>[] = [];

  constructor(private readonly options: PullLoopOptions) {
    this.logger = new Logger(`Consumer ${options.consumer.durable_name}`);
  }

  async start(): Promise<void> {
    const { nats, stream, consumer, concurrency } = this.options;
    const info = await ensureConsumer(nats, stream, consumer);
    this.lanes = Array.from({ length: concurrency }, () => this.lane(info));
  }

  /**
   * Fetches nothing more; resolves when the messages in hand are settled and the last requests have expired. Taking
   * them back instead would strand messages until `ack_wait` is over: what the server is just sending is dropped, and
   * nats-server 2.9.10 forgets a redelivery that comes due while only abandoned requests wait (seen in its trace).
   */
  async stop(): Promise<void> {
    this.stopping.abort();
    const settled = new AbortController();
    void pause(FETCH_MS + LATEST_WORD_MS, settled.signal).then(() => this.expired.abort());
    await Promise.all(this.lanes);
    settled.abort();
  }

  private async lane(first: ConsumerInfo): Promise<void> {
    const { nats, stream, consumer, handle } = this.options;
    let info: ConsumerInfo | undefined = first;
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        info ??= await ensureConsumer(nats, stream, consumer);
        if (this.stopping.signal.aborted) return;
        const message = await this.takeOne(info);
        failures = 0;
        if (message && this.stopping.signal.aborted) message.nak();
        else if (message) await handle(message);
      } catch (error) {
        info = undefined;
        failures += 1;
        if (failures > 1) this.logger.warn(`Cannot fetch (${errorText(error)}); trying again.`);
        await pause(backoffMs(failures, 100, 5_000), this.stopping.signal);
      }
    }
  }

  private async takeOne(info: ConsumerInfo): Promise<JsMsg | undefined> {
    const consumer = this.options.nats.jetstream.consumers.getConsumerFromInfo(info);
    const messages = await consumer.fetch({ max_messages: 1, expires: FETCH_MS, bind: true });
    // The client library takes the time of a request only while it is connected: without a server it would stand for ever.
    const giveUp = (): void => void messages.close();
    this.expired.signal.addEventListener('abort', giveUp);
    try {
      return await firstOf(messages);
    } finally {
      this.expired.signal.removeEventListener('abort', giveUp);
    }
  }
}

/** Leaves the iteration before the message is handled: a fetch that stays open misses its heartbeats. */
const firstOf = async (messages: AsyncIterable<JsMsg>): Promise<JsMsg | undefined> => {
  for await (const message of messages) return message;
  return undefined;
};
