import type { AddressInfo } from 'node:net';
import { forkProgram, nextMessage } from './child.js';
import { type Figure, milliseconds, perSecond, quantile } from './figures.js';
import { sendLoad } from './send-load.js';

/** What the load process sends to a server that does nothing: below that, it is not what we measure. */
export const measureLoadAlone = async (): Promise<Figure> => {
  const server = forkProgram('empty-door');
  try {
    const { port } = await nextMessage<AddressInfo>(server);
    const source = {
      url: `http://127.0.0.1:${port}`,
      secret: 'of-nobody',
      providerUserId: 1,
      providerConnectionId: 1,
    };
    const job = { sources: [source], firstId: 1, forMs: 4_000, rate: null, inFlight: 64 };
    const { answered, tookMs, latencies, cpuMs } = await sendLoad(job);
    return {
      what: 'load process alone',
      value: perSecond(answered, tookMs),
      of: `against a server that only answers, p99 ${milliseconds(quantile(latencies, 0.99))}; ${((cpuMs * 1_000) / answered).toFixed(0)} µs of processor time each`,
    };
  } finally {
    server.kill();
  }
};
