import { loadConfig, type Stoppable } from '#platform';
import { ServiceResources } from '#service';
import { engineUrls } from '#testing';
import type { Clock } from '#kernel';
import { startConnections } from '../../apps/connections/src/start.js';
import { startGateway } from '../../apps/gateway/src/start.js';
import { startSync } from '../../apps/sync/src/start.js';
import { startWebhookIngress } from '../../apps/webhook-ingress/src/start.js';
import { freePorts } from '../harness/index.js';
import { Relay } from './relay.js';

const remains = new Set<Promise<void>>();

/** Resolves when all that was killed has let go of its ports and timers; it may wait long for engines that it has lost. */
export const remainsCleared = async (): Promise<void> => {
  await Promise.all(remains);
};

/** The services in this process from one start to one stop, each engine behind a wire that can be cut. */
export class Generation {
  readonly #relays: readonly Relay[];
  readonly #running: readonly Stoppable[];

  private constructor(
    readonly env: Readonly<Record<string, string>>,
    readonly resources: ServiceResources,
    relays: readonly Relay[],
    running: readonly Stoppable[],
  ) {
    this.#relays = relays;
    this.#running = running;
  }

  static async start(settings: Readonly<Record<string, string>>, clock: Clock): Promise<Generation> {
    const [gateway, ingress, connections, sync] = await freePorts(4);
    const { eventStoreUrl, natsUrl, databaseUrl } = engineUrls();
    const [store, nats, db] = await Promise.all(
      [eventStoreUrl, natsUrl, databaseUrl].map((url) => Relay.to(url)),
    );
    if (!store || !nats || !db) throw new Error('An engine has no wire.');
    const env = {
      ...settings,
      EVENTSTORE_URL: store.through(eventStoreUrl),
      NATS_URL: nats.through(natsUrl),
      DATABASE_URL: db.through(databaseUrl),
      PORT: String(gateway),
      WEBHOOK_PORT: String(ingress),
      CONNECTIONS_PORT: String(connections),
      SYNC_APP_PORT: String(sync),
    };
    const config = loadConfig(env, { app: 'stack', embedded: false });
    const resources = await ServiceResources.open(config, 'scenario', clock);
    const running: Stoppable[] = [];
    for (const start of [startSync, startConnections, startWebhookIngress, startGateway]) {
      running.unshift(await start(resources));
    }
    return new Generation(env, resources, [store, nats, db], running);
  }

  get webhookUrl(): string {
    return `http://127.0.0.1:${this.env['WEBHOOK_PORT']}/webhooks/powens`;
  }

  async stop(): Promise<void> {
    for (const service of this.#running) await service.stop();
    await this.resources.close();
    for (const relay of this.#relays) relay.cut();
  }

  /** From now on it reaches no engine, whatever it has in hand; {@link remainsCleared} waits for what is left of it. */
  kill(): void {
    for (const relay of this.#relays) relay.cut();
    remains.add(this.#clear());
  }

  async #clear(): Promise<void> {
    await Promise.allSettled(this.#running.map((service) => service.stop()));
    await this.resources.close().catch(() => undefined);
  }
}
