import type { Server } from 'node:http';
import { errorText } from '#kernel';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyHttpOptions, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { correlateRequests } from './correlation/http-correlation.js';
import { HealthRegistry } from './health/health-registry.js';
import { Metrics } from './health/metrics.js';
import { addOperatorRoutes, measureRequests } from './http/operator-routes.js';
import { asItIs, problem, type ProblemTeller } from './http/problem.js';
import { ProblemFilter, sendProblem } from './http/problem-filter.js';
import type { StatusTable } from './http/problem-status.js';
import { type FieldErrorsOf, fieldErrors, httpValidationPipe } from './http/validation-pipe.js';
import { logAs, NestLogger } from './logging/nest-logger.js';

export interface HttpAppOptions {
  readonly module: Type | DynamicModule;
  readonly logger: Logger;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** The variable to change when the port is taken. */
  readonly portVariable: string;
  readonly health?: HealthRegistry;
  readonly metrics?: Metrics;
  /** Statuses of error codes that differ from the rules of `problem-status.ts`. */
  readonly statuses?: StatusTable;
  /** Puts problems into words of the caller's language; without it they stay as they are. */
  readonly tell?: ProblemTeller;
  /** What is said of the broken rules of a request; in class-validator's words without it. */
  readonly fieldErrors?: FieldErrorsOf;
  readonly fastify?: FastifyHttpOptions<Server>;
  /** `false`: Nest installs no parser, bodies are the app's own affair. */
  readonly bodyParser?: boolean;
  /** How long requests in hand may go on after `stop` (default 3 s); then their connections are cut. */
  readonly graceMs?: number;
  /** Last preparations before the app listens: documents, static files, parsers, microservices. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

/** An app that answers HTTP. */
export interface HttpApp {
  readonly app: NestFastifyApplication;
  /** `http://127.0.0.1:3000`, with the port that it really has. */
  readonly url: string;
  /** Not ready any more; requests in hand end, streams are cut after the grace period; then everything is closed. */
  stop(): Promise<void>;
}

/** Somebody else listens there. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

const GRACE_MS = 3_000;

const listen = async (
  app: NestFastifyApplication,
  { host, port, portVariable }: HttpAppOptions,
): Promise<void> => {
  try {
    await app.listen(port, host);
  } catch (error) {
    if (!errorText(error).includes('EADDRINUSE')) throw error;
    throw new PortTaken(`Port ${port} on ${host} is taken. Set ${portVariable} to a free port.`, {
      cause: error,
    });
  }
};

/** What Fastify refuses before any route or filter, such as an address that is no URL. */
const frameworkErrors =
  (tell: ProblemTeller) =>
  (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const answer = problem({ status: 400, code: 'request.invalid', detail: error.message });
    sendProblem(reply, tell(answer, request.headers['accept-language']));
  };

const urlOf = (app: NestFastifyApplication, host: string): string => {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
};

const stopApp = async (
  app: NestFastifyApplication,
  health: HealthRegistry,
  graceMs: number,
): Promise<void> => {
  health.drain();
  const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), graceMs);
  await app.close().finally(() => clearTimeout(cut));
};

/**
 * Starts a Nest app on Fastify with what every app has: correlation, problems instead of bare errors, validation, health
 * and metrics. It installs no signal handler: who owns the process stops it.
 * @throws {PortTaken}
 */
export const startHttpApp = (options: HttpAppOptions): Promise<HttpApp> =>
  logAs(options.logger, async () => {
    const {
      logger,
      health = new HealthRegistry(),
      metrics = new Metrics(String(logger.bindings()['app'])),
      tell = asItIs,
    } = options;
    const adapter = new FastifyAdapter({
      forceCloseConnections: 'idle',
      frameworkErrors: frameworkErrors(tell),
      ...options.fastify,
    });
    const app = await NestFactory.create<NestFastifyApplication>(options.module, adapter, {
      logger: new NestLogger(logger),
      abortOnError: false,
      bodyParser: options.bodyParser ?? true,
    });
    try {
      const fastify = adapter.getInstance();
      correlateRequests(fastify);
      measureRequests(fastify, metrics);
      addOperatorRoutes(fastify, health, metrics);
      app.useGlobalFilters(new ProblemFilter(logger, options.statuses ?? {}, tell));
      app.useGlobalPipes(httpValidationPipe(options.fieldErrors ?? fieldErrors));
      await options.configure?.(app);
      await listen(app, options);
    } catch (error) {
      await app.close().catch(() => undefined);
      throw error;
    }
    const url = urlOf(app, options.host);
    logger.info({ url }, `Listening on ${url}`);
    return { app, url, stop: () => stopApp(app, health, options.graceMs ?? GRACE_MS) };
  });
