import { EventStoreUnavailable, KurrentEventStore } from '#event-store';
import { errorText, SystemClock } from '#kernel';
import {
  ConfigError,
  correlation,
  createLogger,
  demand,
  type DoorConfig,
  HealthRegistry,
  type HttpApp,
  type HttpAppOptions,
  loadConfig,
  type Logger,
  Metrics,
  type RawEnvironment,
  startHttpApp,
  type Stoppable,
} from '#platform';
import type { ServiceResources } from '#service';
import { Vault } from '#vault';
import { doorMetrics } from './door-metrics.js';
import { dropAuthorization } from './harden-server/drop-authorization.js';
import { leaveBodiesUnread } from './harden-server/leave-bodies-unread.js';
import { serverLimits } from './harden-server/server-limits.js';
import { FailureLimiter } from './limit-failures/failure-limiter.js';
import { LiveSecrets, WRONG_KEY } from './live-secrets/live-secrets.js';
import { DoorSettings } from './receive-webhook/door-settings.js';
import { Reception } from './receive-webhook/reception.js';
import { WebhookDoor } from './receive-webhook/webhook-door.js';
import { SelfCheck } from './self-check/self-check.js';
import { BodyIntake, type IntakeOptions } from './take-body/body-intake.js';
import { answerExpectations } from './take-body/expect-continue.js';
import { LogWatch } from './watch-log/log-watch.js';
import { WebhookIngressModule } from './webhook-ingress.module.js';

const NAME = 'webhook-ingress';
const MIB = 1024 * 1024;

/** Of the engines, the door needs the log alone. */
interface DoorResources extends Pick<ServiceResources, 'store' | 'correlation' | 'clock'> {
  readonly config: DoorConfig;
}

export interface DoorChanges {
  readonly logger?: Logger;
  readonly intake?: Omit<IntakeOptions, 'capacityBytes'>;
  /** Between two looks for registered secrets. */
  readonly refreshMs?: number;
  /** Further preparations of the HTTP app before it listens. */
  readonly configure?: HttpAppOptions['configure'];
}

/** A key that is known to be wrong stops the start; a log that is away does not: the door answers 503 until it is there. */
const readSecrets = async (secrets: LiveSecrets): Promise<void> => {
  try {
    await secrets.refresh();
  } catch (error) {
    if (!(error instanceof EventStoreUnavailable)) throw error;
  }
  if (secrets.isKeyWrong) throw new ConfigError([{ variable: 'ENCRYPTION_KEY', problem: WRONG_KEY }]);
};

/** The public door for providers: verify, append, answer. */
export const startWebhookIngress = async (
  { config, store, correlation: scope, clock }: DoorResources,
  changes: DoorChanges = {},
): Promise<HttpApp> => {
  const logger = changes.logger ?? createLogger({ app: NAME, level: config.logLevel });
  const health = new HealthRegistry();
  const metrics = new Metrics(NAME);
  const vault = new Vault(demand(config.encryptionKey, 'ENCRYPTION_KEY'));
  const secrets = new LiveSecrets({ config, store, vault, logger, everyMs: changes.refreshMs });
  const log = new LogWatch({ ping: () => store.ping(), logger });
  const check = new SelfCheck(config.webhookPublicPath);
  const intake = new BodyIntake({ ...changes.intake, capacityBytes: config.webhookBodiesMib * MIB });
  const figures = doorMetrics(metrics, intake);
  const door = new WebhookDoor({
    store,
    scope,
    readers: (provider) => [...secrets.readers(provider), ...(provider === 'powens' ? check.readers : [])],
    seal: (body) => vault.sealBytes(body),
  });
  const reception = new Reception({
    door,
    intake,
    limiter: new FailureLimiter(),
    log: {
      failed: (error) => log.failed(error),
      get problem() {
        return log.problem ?? (secrets.isKeyWrong ? secrets.problem : null);
      },
    },
    knowsAllSecrets: () => secrets.areComplete,
    isOwn: (verdict) => check.isOwn(verdict),
    unstored: (error) => logger.error({ err: error }, `A delivery was not stored: ${errorText(error)}`),
    appended: figures.appended,
  });
  await readSecrets(secrets);
  let isChecked = false;
  health.add({ name: 'event-store', check: async () => log.problem ?? (await store.ping(), null) });
  health.add({ name: 'webhook-secrets', check: () => Promise.resolve(secrets.problem) });
  health.add({ name: 'self-check', check: () => Promise.resolve(isChecked ? null : 'is not done yet') });
  const http = await startHttpApp({
    module: WebhookIngressModule.with(
      reception,
      new DoorSettings(config.webhookPublicPath, clock, figures.count),
    ),
    logger,
    host: config.host,
    port: config.ports.webhookIngress,
    portVariable: 'WEBHOOK_PORT',
    health,
    metrics,
    fastify: serverLimits(config.webhookTrustedProxies),
    bodyParser: false,
    configure: async (app) => {
      leaveBodiesUnread(app.getHttpAdapter().getInstance());
      dropAuthorization(app.getHttpServer());
      answerExpectations(app.getHttpServer());
      await changes.configure?.(app);
    },
  });
  const stop = async (): Promise<void> => {
    log.stop();
    secrets.stop();
    await http.stop();
  };
  log.start();
  secrets.follow();
  try {
    await check.run(http.url);
    isChecked = true;
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...http, stop };
};

/** The door as its own process: it opens the log and nothing else. */
export const openWebhookIngress = async (env: RawEnvironment): Promise<Stoppable> => {
  const config = loadConfig(env, { app: NAME, embedded: false });
  const store = new KurrentEventStore(config.eventStoreUrl);
  try {
    const door = await startWebhookIngress({ config, store, correlation, clock: new SystemClock() });
    return {
      stop: async () => {
        await door.stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
};
