import type { HttpAppOptions } from '#platform';

/** Providers send a dozen headers of a few hundred bytes. */
const HEADER_BYTES = 16 * 1024;
const HEADERS_WITHIN_MS = 10_000;
/** How often Node looks for connections that broke the rule above. */
const LOOK_EVERY_MS = 1_000;
const IDLE_CONNECTION_MS = 65_000;

/**
 * Limits of the HTTP server itself. How long a body may take is watched by its bytes, not by the time of the request: 64 MiB
 * on a slow but honest link take minutes.
 */
export const serverLimits = (trustedProxies: readonly string[]): NonNullable<HttpAppOptions['fastify']> => ({
  http: {
    maxHeaderSize: HEADER_BYTES,
    headersTimeout: HEADERS_WITHIN_MS,
    connectionsCheckingInterval: LOOK_EVERY_MS,
    insecureHTTPParser: false,
    requireHostHeader: true,
  },
  requestTimeout: 0,
  keepAliveTimeout: IDLE_CONNECTION_MS,
  routerOptions: { ignoreTrailingSlash: true },
  ...(trustedProxies.length > 0 && { trustProxy: [...trustedProxies] }),
});
