import { fieldErrors } from '#contracts';
import { EventTail } from '#messaging';
import { createLogger, demand, HealthRegistry, startHttpApp, type Stoppable } from '#platform';
import { openVault, periodically, type ServiceResources } from '#service';
import { Callers } from './callers.js';
import { GatewayDeps } from './gateway-deps.js';
import { GatewayModule } from './gateway.module.js';
import { Idempotency } from './idempotency.js';
import { acceptEmptyBodies } from './empty-bodies.js';
import { serveOpenApi } from './openapi.js';
import { OwnWrites } from './own-writes.js';
import { STATUSES } from './statuses.js';
import { tellProblem } from './tell-problem.js';

const FORGET_EVERY_MS = 3_600_000;
const BODY_LIMIT = 256 * 1024;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** A provider on this machine can only be the sandbox bank. */
const isSandbox = (baseUrl: string | null): boolean =>
  baseUrl !== null && LOOPBACK.test(new URL(baseUrl).hostname);

/** The HTTP API: authentication, validation, and questions to the services over NATS. */
export const startGateway = async (resources: ServiceResources): Promise<Stoppable> => {
  const { config, db, nats, rpc } = resources;
  const logger = createLogger({ app: 'gateway', level: config.logLevel });
  const vault = await openVault(resources);
  const idempotency = new Idempotency(db, vault);
  await idempotency.prepare();
  const stopping = new AbortController();
  const health = new HealthRegistry();
  health.add({ name: 'nats', check: async () => (await nats.ping(), null) });
  health.add({ name: 'database', check: async () => (await db.ping(), null) });
  const deps = new GatewayDeps(
    rpc,
    new EventTail(nats),
    vault,
    idempotency,
    new OwnWrites(),
    isSandbox(config.powens.baseUrl),
    stopping.signal,
  );
  const callers = new Callers(demand(config.apiKey, 'PASSERELLE_API_KEY'), config.tenantApiKeys);
  const http = await startHttpApp({
    module: GatewayModule.with(deps, callers),
    logger,
    host: config.host,
    port: config.ports.gateway,
    portVariable: 'PORT',
    health,
    statuses: STATUSES,
    tell: tellProblem,
    fieldErrors,
    fastify: { bodyLimit: BODY_LIMIT },
    configure: (app) => {
      acceptEmptyBodies(app);
      serveOpenApi(app);
    },
  });
  const forgetting = periodically('forget-old-answers', FORGET_EVERY_MS, logger, () =>
    idempotency.forgetOld(),
  );
  return {
    stop: async () => {
      stopping.abort();
      await forgetting.stop();
      await http.stop();
    },
  };
};
