import type { FastifyInstance } from 'fastify';
import type { HealthRegistry } from '../health/health-registry.js';
import type { Metrics } from '../health/metrics.js';

const BUCKETS_S = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/**
 * `/health/live`, `/health/ready` and `/metrics`. Plain Fastify routes: no guard of the app stands before them, and a
 * failing probe writes no error line.
 */
export const addOperatorRoutes = (
  fastify: FastifyInstance,
  health: HealthRegistry,
  metrics: Metrics,
): void => {
  fastify.get('/health/live', () => ({ status: 'ok' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const report = await health.report();
    return reply
      .status(report.status === 'ok' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report);
  });
  fastify.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
};

/** Measures every request by method, route and status. */
export const measureRequests = (fastify: FastifyInstance, metrics: Metrics): void => {
  const seconds = metrics.histogram(
    {
      name: 'passerelle_http_request_duration_seconds',
      help: 'From the request to the end of the answer',
      labels: ['method', 'route', 'status'],
    },
    BUCKETS_S,
  );
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
};
