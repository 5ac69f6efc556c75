import { setTimeout as delay } from 'node:timers/promises';
import type { Sandbox } from '../sandbox.js';
import { tinkSignature } from './tink-signature.js';
import type { WebhookEndpoint, WebhookEndpoints } from './webhook-endpoints.js';

const REPEATED_ON = new Set([408, 429, 500, 502, 503, 504]);
const REPEATS = 3;

/** What became of one event at one endpoint. */
export interface TinkDelivery {
  readonly id: number;
  readonly event: string;
  readonly endpointId: string;
  readonly body: string;
  /** HTTP status of each attempt; `null`: no connection could be made. */
  readonly statuses: (number | null)[];
  /** `lost`: nothing more is sent. */
  outcome: 'waiting' | 'delivered' | 'lost';
}

/**
 * §8.3: at most three repeats, at growing intervals, and only on six statuses: any other refusal, and a listener that cannot
 * be reached, loses the event. Kept in memory: the provider promises no delivery either.
 */
export class TinkWebhooks {
  readonly deliveries: TinkDelivery[] = [];
  private readonly stopping = new AbortController();

  constructor(
    private readonly sandbox: Pick<Sandbox, 'settings' | 'now'>,
    private readonly endpoints: Pick<WebhookEndpoints, 'all'>,
  ) {}

  stop(): void {
    this.stopping.abort();
  }

  /** Sends to every endpoint that has the event enabled; the deliveries that it makes. */
  emit(
    event: string,
    message: { readonly context: object; readonly content: object },
  ): readonly TinkDelivery[] {
    const { settings, now } = this.sandbox;
    const body = JSON.stringify({ ...message, event });
    return this.endpoints
      .all()
      .filter(
        ({ disabled, enabledEvents, createdMs }) =>
          !disabled && enabledEvents.includes(event) && createdMs + settings.tinkActivationMs <= now(),
      )
      .map((endpoint) => {
        const id = this.deliveries.length + 1;
        const delivery: TinkDelivery = {
          id,
          event,
          endpointId: endpoint.id,
          body,
          statuses: [],
          outcome: 'waiting',
        };
        this.deliveries.push(delivery);
        void this.deliver(delivery, endpoint);
        return delivery;
      });
  }

  private async deliver(delivery: TinkDelivery, endpoint: WebhookEndpoint): Promise<void> {
    const { settings } = this.sandbox;
    const first = this.seconds();
    for (let repeat = 0; ; repeat += 1) {
      const signedAt = settings.tinkRetriesSignedAnew ? this.seconds() : first;
      const status = await this.post(endpoint, signedAt, delivery.body);
      delivery.statuses.push(status);
      const isDelivered = status !== null && status >= 200 && status < 300;
      const isRepeated = status !== null && REPEATED_ON.has(status) && repeat < REPEATS;
      if (!isRepeated || this.stopping.signal.aborted) {
        delivery.outcome = isDelivered ? 'delivered' : 'lost';
        return;
      }
      const pauseMs = settings.tinkRetryMs * 2 ** repeat;
      await delay(pauseMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  private async post(
    { url, secret }: WebhookEndpoint,
    signedAt: number,
    body: string,
  ): Promise<number | null> {
    const timeout = AbortSignal.timeout(this.sandbox.settings.webhookTimeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'x-tink-signature': tinkSignature(secret, signedAt, body),
        },
        body,
        signal: AbortSignal.any([timeout, this.stopping.signal]),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return null;
    }
  }

  private seconds(): number {
    return Math.floor(this.sandbox.now() / 1000);
  }
}
