import { setTimeout as timer } from 'node:timers/promises';
import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  type ConsumerInfo,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { publicEventName, STREAMS, type PublicEventName, type PublicEventOf } from '#contracts';
import { filterSubject } from './event-filter.js';
import type { SubscribeOptions } from './subscribe-options.js';

/** How long a request for an event stands: what a stop may take when nothing is in hand. */
const FETCH_MS = 2_000;
const CONSUMER_NOT_FOUND = 10_014;

/** One durable pull consumer, read one event at a time. */
export class EventConsumer<Name extends PublicEventName> {
  private readonly stopping = new AbortController();
  private readonly wanted: ReadonlySet<PublicEventName>;
  private info: ConsumerInfo | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
    private readonly options: SubscribeOptions<Name>,
  ) {
    this.wanted = new Set(options.names);
  }

  /** Creates the consumer on the server, or brings its settings up to date. */
  async ensure(): Promise<void> {
    const { durable, tenantId, names = [], ackWaitMs = 30_000, from = 'beginning' } = this.options;
    const settings = {
      filter_subject: filterSubject(tenantId, names),
      ack_wait: nanos(ackWaitMs),
      max_deliver: -1,
      // Nothing overtakes an event that is still being handled, or waits for its next try.
      max_ack_pending: 1,
    };
    const { consumers } = this.manager;
    this.info = await consumers.update(STREAMS.events, durable, settings).catch((error: unknown) => {
      if (!(error instanceof JetStreamApiError) || error.code !== CONSUMER_NOT_FOUND) throw error;
      return consumers.add(STREAMS.events, {
        ...settings,
        name: durable,
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: from === 'now' ? DeliverPolicy.New : DeliverPolicy.All,
      });
    });
  }

  /** Resolves when stopped, rejects when the connection was closed for good. */
  async run(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        if (!this.info) await this.ensure();
        const message = await this.takeOne();
        failures = 0;
        if (message) await this.settle(message);
      } catch (error) {
        if (this.connection.isClosed()) throw (await this.connection.closed()) ?? error;
        this.info = undefined;
        failures += 1;
        this.report(error);
        await this.pause(Math.min(5_000, 100 * 2 ** failures));
      }
    }
  }

  /**
   * Lets the handler in hand end and the last request expire, then {@link run} ends. Taking the request back instead
   * could strand the event that the server is just sending until `ack_wait` is over.
   */
  stop(): void {
    this.stopping.abort();
  }

  private async takeOne(): Promise<JsMsg | undefined> {
    if (!this.info) return undefined;
    const consumer = this.manager.jetstream().consumers.getConsumerFromInfo(this.info);
    return firstOf(await consumer.fetch({ max_messages: 1, expires: FETCH_MS, bind: true }));
  }

  private async settle(message: JsMsg): Promise<void> {
    const alive = setInterval(() => message.working(), (this.options.ackWaitMs ?? 30_000) / 3);
    try {
      await this.handle(message);
      await message.ackAck().catch((error: unknown) => this.report(error));
    } catch (error) {
      this.report(error);
      message.nak(this.retryMs(message.info.deliveryCount));
    } finally {
      clearInterval(alive);
    }
  }

  private async handle(message: JsMsg): Promise<void> {
    if (this.stopping.signal.aborted) throw new Error('The subscription is being stopped.');
    const event = message.json<PublicEventOf<Name>>();
    const name = publicEventName(event.type);
    // A newer Passerelle may tell of more than this version knows.
    if (!name || (this.wanted.size > 0 && !this.wanted.has(name))) return;
    const last = await this.options.sequences?.last(event.partitionkey);
    if (last !== undefined && last !== null && BigInt(event.sequence) <= last) return;
    await this.options.handler(event, {
      attempt: message.info.deliveryCount,
      streamSequence: message.seq,
      signal: this.stopping.signal,
    });
  }

  private retryMs(attempt: number): number {
    if (this.stopping.signal.aborted) return 0;
    return this.options.retryMs?.(attempt) ?? Math.min(60_000, 250 * 2 ** Math.min(attempt - 1, 20));
  }

  private report(error: unknown): void {
    if (this.stopping.signal.aborted) return;
    if (this.options.onError) this.options.onError(error);
    else console.error(`Subscription ${this.options.durable}:`, error);
  }

  private async pause(ms: number): Promise<void> {
    await timer(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

/** Leaves the iteration before the event is handled: a fetch that stays open misses its heartbeats. */
const firstOf = async (messages: AsyncIterable<JsMsg>): Promise<JsMsg | undefined> => {
  for await (const message of messages) return message;
  return undefined;
};
