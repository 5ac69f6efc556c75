import type { NatsConnection, Subscription, SubscriptionOptions } from '@nats-io/transport-node';
import { ServerNats, type CustomStrategy, type NatsContext, type WritePacket } from '@nestjs/microservices';
import { natsAddress } from '../nats/nats-address.js';
import { pause } from '../nats/pause.js';

export interface RpcServerOptions {
  readonly url: string;
  /** Queue group: the app's name. Each request goes to one of its processes. */
  readonly queue: string;
  /** How long a stop waits for the requests in hand (default 10 s). */
  readonly stopWithinMs?: number;
}

type Publish = (response: WritePacket) => unknown;

/**
 * Nest's NATS transport with another stop: its own either drops the answers of requests in hand or waits its whole grace
 * period, each time.
 */
class RpcServer extends ServerNats {
  private readonly taken: Subscription[] = [];
  private readonly inHand = new Set<Publish>();
  private client: NatsConnection | undefined;

  constructor(private readonly settings: RpcServerOptions) {
    const { url, queue } = settings;
    super({
      ...natsAddress(url),
      queue,
      name: `${queue} rpc`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
    });
  }

  override bindEvents(client: NatsConnection): void {
    this.client = client;
    const subscribe = (subject: string, options: SubscriptionOptions): Subscription => {
      const subscription = client.subscribe(subject, options);
      this.taken.push(subscription);
      return subscription;
    };
    super.bindEvents({ subscribe });
  }

  override getPublisher(message: unknown, id: string, context: NatsContext): Publish {
    const publish: Publish = super.getPublisher(message, id, context);
    this.inHand.add(publish);
    return (response) => {
      if (response.isDisposed) this.inHand.delete(publish);
      return publish(response);
    };
  }

  /** Takes no more requests, waits for the answers of those in hand, then closes the connection. */
  override async close(): Promise<void> {
    const deadline = Date.now() + (this.settings.stopWithinMs ?? 10_000);
    const stop = new AbortController();
    const drained = Promise.all(this.taken.map((subscription) => subscription.drain())).catch(
      () => undefined,
    );
    await Promise.race([drained, pause(deadline - Date.now(), stop.signal)]);
    while (this.inHand.size > 0 && Date.now() < deadline) await pause(10);
    const flushed = this.client?.flush().catch(() => undefined);
    await Promise.race([flushed, pause(1_000, stop.signal)]);
    stop.abort();
    await super.close();
  }
}

/**
 * Options of the microservice that answers request/reply. Bind {@link rpcValidationPipe}, {@link RpcProblemFilter} and
 * {@link RpcCorrelationInterceptor} to the handlers (`@UsePipes`, …), not to the microservice: it binds handlers when it
 * is connected and ignores what is set later, and deferring that makes Nest initialise every module twice.
 */
export const natsRpcOptions = (options: RpcServerOptions): CustomStrategy => ({
  strategy: new RpcServer(options),
});
