import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

const MIB = 1024 * 1024;
/** A first synchronisation arrives as one body of several MB. */
const BODY_LIMIT = 64 * MIB;

/**
 * Every body reaches the verifier as the bytes that were sent: Fastify's own parsers would win over a catch-all one, and
 * a malformed content type would be refused, so both are taken away. The `Authorization` header may hold a bank token of
 * a user (one of Powens' modes): it is dropped before anything can see it.
 */
export const takeRawBodies = (app: NestFastifyApplication): void => {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', (request: FastifyRequest, _reply, done) => {
    delete request.raw.headers.authorization;
    request.raw.headers['content-type'] = 'application/octet-stream';
    done();
  });
  app.useBodyParser('*', { bodyLimit: BODY_LIMIT });
};
