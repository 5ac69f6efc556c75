import type { Correlation } from '#kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { correlation, freshCorrelation } from './als-correlation-scope.js';
import { parseTraceparent } from './traceparent.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const headerOf = (request: FastifyRequest, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

const correlationOf = (request: FastifyRequest): Correlation => {
  const given = headerOf(request, 'x-correlation-id');
  return freshCorrelation({
    correlationId: UUID.test(given) ? given.toLowerCase() : undefined,
    parent: parseTraceparent(headerOf(request, 'traceparent')),
  });
};

/**
 * Opens a correlation scope for every HTTP request and tells its id in `X-Correlation-Id`. A valid `X-Correlation-Id`
 * (UUID) or `traceparent` of the caller is carried on, anything else is replaced. Fastify keeps the scope while it reads
 * the body.
 */
export const correlateRequests = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    const opened = correlationOf(request);
    void reply.header('x-correlation-id', opened.correlationId);
    correlation.run(opened, done);
  });
};
