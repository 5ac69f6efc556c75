import type { FastifyInstance } from 'fastify';

/**
 * No framework reads a body: what is verified are the bytes that were sent. Fastify's own parsers would win over a catch-all
 * one, and a malformed content type would be refused, so both are taken away.
 */
export const leaveBodiesUnread = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
  fastify.addHook('onRequest', (request, _reply, done) => {
    delete request.raw.headers['content-type'];
    done();
  });
};
