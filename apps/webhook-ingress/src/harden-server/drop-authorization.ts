import type { IncomingMessage, Server } from 'node:http';

const DROPPED = ['authorization', 'proxy-authorization', 'cookie'] as const;
const NAMES: ReadonlySet<string> = new Set(DROPPED);

/**
 * The `Authorization` header may hold a bank token of a user (one of Powens' modes): it is taken out before anything else
 * sees the request. Node has read `headers` by then, and reads as many `rawHeaders` for `headersDistinct` as there were at
 * first: these lose their values and keep their places.
 */
export const dropAuthorization = (server: Server): void => {
  server.prependListener('request', ({ headers, rawHeaders }: IncomingMessage) => {
    for (const name of DROPPED) delete headers[name];
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      if (NAMES.has(rawHeaders[at]?.toLowerCase() ?? '')) rawHeaders[at + 1] = '';
    }
  });
};
