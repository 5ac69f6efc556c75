import { JetStreamStrategy, natsRpcOptions } from '#messaging';
import { createLogger, HealthRegistry, type HttpApp, type Logger, Metrics, startHttpApp } from '#platform';
import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RunnerGroup } from './runner-group.js';
import type { ServiceResources } from './service-resources.js';

export interface ServiceOptions {
  readonly resources: ServiceResources;
  /** Name of the app: in its log lines, its metrics, and its queue group on NATS. */
  readonly name: string;
  readonly module: Type | DynamicModule;
  /** Health and metrics; the service's own work comes over NATS. */
  readonly port: number;
  readonly portVariable: string;
  /** Durable commands of one subject that one process handles at once (default 4). */
  readonly concurrency?: number;
}

/** A service that answers over NATS, with what it runs beside. */
export interface Service {
  readonly http: HttpApp;
  readonly runners: RunnerGroup;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** No new requests; what is in hand ends; then the runners stop. */
  stop(): Promise<void>;
}

const ok = async (answer: Promise<unknown>): Promise<null> => {
  await answer;
  return null;
};

const addEngineChecks = (health: HealthRegistry, { db, store, nats }: ServiceResources): void => {
  health.add({ name: 'database', check: () => ok(db.ping()) });
  health.add({ name: 'event-store', check: () => ok(store.ping()) });
  health.add({ name: 'nats', check: () => ok(nats.ping()) });
};

const connectTransports = async (app: NestFastifyApplication, options: ServiceOptions): Promise<void> => {
  const { resources, name, concurrency } = options;
  const { nats, correlation: scope, config } = resources;
  const own = { inheritAppConfig: false };
  app.connectMicroservice(natsRpcOptions({ url: config.natsUrl, queue: name }), own);
  const limits = {
    ackWaitMs: config.commandTakeoverSeconds * 1_000,
    ...(concurrency !== undefined && { concurrency }),
  };
  app.connectMicroservice({ strategy: new JetStreamStrategy({ nats, scope, ...limits }) }, own);
  await app.startAllMicroservices();
};

/** Starts an app that serves requests and durable commands over NATS, with its own health and metrics over HTTP. */
export const startService = async (options: ServiceOptions): Promise<Service> => {
  const { resources, name, port, portVariable } = options;
  const { host, logLevel } = resources.config;
  const logger = createLogger({ app: name, level: logLevel });
  const health = new HealthRegistry();
  const metrics = new Metrics(name);
  const runners = new RunnerGroup(resources, logger, health, metrics);
  addEngineChecks(health, resources);
  const http = await startHttpApp({
    module: options.module,
    logger,
    host,
    port,
    portVariable,
    health,
    metrics,
    configure: (app) => connectTransports(app, options),
  });
  const stop = async (): Promise<void> => {
    await http.stop();
    await runners.stop();
  };
  return { http, runners, logger, metrics, stop };
};
