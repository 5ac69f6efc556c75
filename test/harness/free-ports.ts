import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: a port must still be free after a restart. */
const LOWEST = 12_000;
const HIGHEST = 32_000;
/** Each worker takes its own: what stops for a moment would lose its port to a test beside it. */
const SHARES = 8;
const SHARE = (HIGHEST - LOWEST) / SHARES;
const FIRST = LOWEST + (Number(process.env['VITEST_POOL_ID'] ?? 0) % SHARES) * SHARE;

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer().listen({ host: '127.0.0.1', port, exclusive: true });
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
};

/** Distinct ports of 127.0.0.1 on which nothing listens at this moment. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const found = new Set<number>();
  while (found.size < count) {
    const port = FIRST + Math.floor(Math.random() * SHARE);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
};
