import { type EventSubscription, subscribe } from '#client';
import type { BenchStack } from './bench-stack.js';
import { newTenant } from './linking.js';

type From = 'beginning' | 'now';

/** What a durable subscriber heard of imports, and when. */
export interface ArrivedEvents {
  /** Transactions told of so far. */
  imported(this: void): number;
  readonly messages: number;
  /** Time (ms since 1970) of the last message about imports. */
  readonly lastAt: number;
  stop(this: void): Promise<void>;
}

class Arrivals implements ArrivedEvents {
  messages = 0;
  lastAt = 0;
  #imported = 0;
  #subscription: EventSubscription | undefined;

  readonly imported = (): number => this.#imported;

  readonly stop = async (): Promise<void> => this.#subscription?.stop();

  async start(stack: BenchStack, tenantId: string, from: From): Promise<void> {
    this.#subscription = await subscribe({
      servers: stack.endpoints.natsUrl.replace(/^nats:\/\//, ''),
      durable: newTenant(),
      tenantId,
      from,
      names: ['transactions.imported'],
      handler: ({ data }) => {
        this.lastAt = Date.now();
        this.messages += 1;
        this.#imported += data.count;
      },
    });
  }
}

/** Subscribes durably to the imports of a tenant. */
export const subscribeTimed = async (
  stack: BenchStack,
  tenantId: string,
  from: From = 'beginning',
): Promise<ArrivedEvents> => {
  const arrivals = new Arrivals();
  await arrivals.start(stack, tenantId, from);
  return arrivals;
};
