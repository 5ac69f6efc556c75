import {
  type EventSubscription,
  type PublicEvent,
  type PublicEventName,
  type PublicEventOf,
  subscribe,
} from '#client';
import { freshTenant } from './iban.js';
import type { Stack } from './stack.js';

/** Another service: a durable subscriber that keeps whatever it receives, in the order of arrival. */
export class ReceivedEvents {
  /** Also what came twice. */
  readonly all: PublicEvent[] = [];
  /** What went wrong on the way; the subscription goes on by itself. */
  readonly errors: unknown[] = [];
  readonly durable = `subscriber-${freshTenant()}`;
  readonly #tenantId: string;
  #subscription: EventSubscription | undefined;

  constructor(tenantId: string) {
    this.#tenantId = tenantId;
  }

  /** Goes on where it was, also on a restarted NATS. */
  async start(natsUrl: string): Promise<void> {
    this.#subscription = await subscribe({
      servers: natsUrl.replace(/^nats:\/\//, ''),
      durable: this.durable,
      tenantId: this.#tenantId,
      handler: (event) => void this.all.push(event),
      // What was on its way to us when a server was killed comes again after this time.
      ackWaitMs: 5_000,
      onError: (error) => this.errors.push(error),
    });
  }

  async stop(): Promise<void> {
    await this.#subscription?.stop();
    this.#subscription = undefined;
  }

  /** Each event once. */
  distinct(): readonly PublicEvent[] {
    return [...new Map(this.all.toReversed().map((event) => [event.id, event])).values()].toReversed();
  }

  of<Name extends PublicEventName>(name: Name, connectionId?: string): readonly PublicEventOf<Name>[] {
    return this.distinct().filter(
      (event): event is PublicEventOf<Name> =>
        event.type === `passerelle.${name}.v1` &&
        (connectionId === undefined || event.data.connectionId === connectionId),
    );
  }
}

/** Subscribes to every event of a tenant (`*`: of all), from the beginning of what NATS holds. */
export const subscribeAll = async (stack: Stack, tenantId = '*'): Promise<ReceivedEvents> => {
  const received = new ReceivedEvents(tenantId);
  await received.start(stack.endpoints.natsUrl);
  return received;
};
