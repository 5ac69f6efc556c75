import type { IncomingMessage, Server } from 'node:http';

const DROPPED = new Set(['authorization', 'proxy-authorization', 'cookie']);

/**
 * The `Authorization` header may hold a bank token of a user (one of Powens' modes): it is taken out before anything else
 * sees the request. Node makes `headers` of `rawHeaders` when they are first asked for.
 */
export const dropAuthorization = (server: Server): void => {
  server.prependListener('request', ({ rawHeaders }: IncomingMessage) => {
    for (let at = rawHeaders.length - 2; at >= 0; at -= 2) {
      if (DROPPED.has(rawHeaders[at]?.toLowerCase() ?? '')) rawHeaders.splice(at, 2);
    }
  });
};
