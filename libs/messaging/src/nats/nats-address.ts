import type { NodeConnectionOptions } from '@nats-io/transport-node';

/**
 * Reads `NATS_URL`: one address or several with commas, `nats://` or `tls://`, with `user:password@` or `token@` where
 * the servers ask for it (the client library takes those apart from the address only when told to).
 * @throws {TypeError} an address that cannot be read; the message does not repeat it, it may hold a password
 */
export const natsAddress = (url: string): NodeConnectionOptions & { servers: string[] } => {
  const addresses = url.split(',').map((part) => parse(part.trim()));
  const first = addresses[0];
  if (!first) throw new TypeError('The NATS address is empty.');
  const { username, password } = first;
  return {
    servers: addresses.map(({ host }) => host),
    ...(first.protocol === 'tls:' ? { tls: {} } : {}),
    ...(password ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}),
    ...(username && !password ? { token: decodeURIComponent(username) } : {}),
  };
};

const parse = (address: string): URL => {
  const text = address.includes('://') ? address : `nats://${address}`;
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (!parsed?.host || !['nats:', 'tls:'].includes(parsed.protocol)) {
    throw new TypeError('A NATS address must look like nats://host:4222 or tls://user:password@host:4222.');
  }
  return parsed;
};
