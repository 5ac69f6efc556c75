import { KurrentEventStore } from '#event-store';
import { SystemClock } from '#kernel';
import {
  correlation,
  createLogger,
  type DoorConfig,
  HealthRegistry,
  type HttpApp,
  loadConfig,
  Metrics,
  type RawEnvironment,
  startHttpApp,
  type Stoppable,
} from '#platform';
import { guideWebhookReader, powensWebhookReader } from '#providers';
import type { ServiceResources } from '#service';
import { takeRawBodies } from './raw-body.js';
import { DoorSettings } from './receive-webhook/door-settings.js';
import { WebhookDoor } from './receive-webhook/webhook-door.js';
import { WebhookIngressModule } from './webhook-ingress.module.js';

const NAME = 'webhook-ingress';

/** Of the engines, the door needs the log alone. */
interface DoorResources extends Pick<ServiceResources, 'store' | 'correlation' | 'clock'> {
  readonly config: DoorConfig;
}

/** The public door for providers: verify, append, answer. */
export const startWebhookIngress = async (resources: DoorResources): Promise<HttpApp> => {
  const { config, store, correlation, clock } = resources;
  const health = new HealthRegistry();
  const metrics = new Metrics(NAME);
  health.add({ name: 'event-store', check: async () => (await store.ping(), null) });
  const answers = metrics.counter({
    name: 'passerelle_webhooks_total',
    help: 'Webhook requests by what became of them',
    labels: ['provider', 'outcome'],
  });
  const secrets = config.powens.webhookSecrets.map((secret) => secret.reveal());
  const door = new WebhookDoor(store, correlation, [
    powensWebhookReader(secrets),
    guideWebhookReader(secrets),
  ]);
  const settings = new DoorSettings(config.webhookPublicPath, clock, (provider, outcome) =>
    answers.inc({ provider, outcome }),
  );
  return startHttpApp({
    module: WebhookIngressModule.with(door, settings),
    logger: createLogger({ app: NAME, level: config.logLevel }),
    host: config.host,
    port: config.ports.webhookIngress,
    portVariable: 'WEBHOOK_PORT',
    health,
    metrics,
    configure: takeRawBodies,
  });
};

/** The door as its own process: it opens the log and nothing else. */
export const openWebhookIngress = async (env: RawEnvironment): Promise<Stoppable> => {
  const config = loadConfig(env, { app: NAME, embedded: false });
  const store = new KurrentEventStore(config.eventStoreUrl);
  const door = await startWebhookIngress({ config, store, correlation, clock: new SystemClock() });
  return {
    stop: async () => {
      await door.stop();
      await store.close();
    },
  };
};
