import type { JsMsg } from '@nats-io/jetstream';
import { BaseRpcContext } from '@nestjs/microservices';

/** What a handler of a durable command may ask and say about its delivery (`@Ctx()`). */
export class JetStreamContext extends BaseRpcContext<[JsMsg, AbortSignal]> {
  /** 1 for the first delivery. */
  get attempt(): number {
    return this.getArgs()[0].info.deliveryCount;
  }

  get subject(): string {
    return this.getArgs()[0].subject;
  }

  /** Place in the stream of commands. */
  get sequence(): number {
    return this.getArgs()[0].seq;
  }

  /** When it was published, ISO 8601 UTC. */
  get publishedAt(): string {
    return this.getArgs()[0].timestamp;
  }

  /** Aborts when the app stops: what is rejected then returns at once to another worker, without counting. */
  get signal(): AbortSignal {
    return this.getArgs()[1];
  }

  /** Tells JetStream that the work goes on; done by itself every third of `ack_wait` while the handler runs. */
  working(): void {
    this.getArgs()[0].working();
  }
}
