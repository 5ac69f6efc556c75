import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/**
 * Many clients send `Content-Type: application/json` with every request, also with those that have no body
 * (`POST …/syncs`). An empty body is no malformed JSON: the type of nothing is dropped.
 */
export const acceptEmptyBodies = (app: NestFastifyApplication): void => {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request: FastifyRequest, _reply, done) => {
      const { headers } = request.raw;
      const isEmpty = headers['content-length'] === '0' || headers['content-length'] === undefined;
      if (isEmpty && headers['transfer-encoding'] === undefined) delete headers['content-type'];
      done();
    });
};
