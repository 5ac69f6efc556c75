import { KurrentEventStore } from '#event-store';
import type { BenchStack } from './bench-stack.js';
import { until } from './until.js';

const WITHIN_MS = 300_000;

/** The log of a running stack, for as long as `work` takes. */
export const withLog = async <T>(
  stack: BenchStack,
  work: (log: KurrentEventStore) => Promise<T>,
): Promise<T> => {
  const log = new KurrentEventStore(stack.endpoints.eventStoreUrl);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
};

export const headOf = (stack: BenchStack): Promise<bigint | null> => withLog(stack, (log) => log.head());

/** Reads the log itself: how many deliveries were received after a position, each counted by its stream. */
export const storedSince = (stack: BenchStack, after: bigint | null): Promise<ReadonlySet<string>> =>
  withLog(stack, async (log) => {
    const head = await log.head();
    const stored = new Set<string>();
    const feed = log.subscribeToAll({
      after,
      streamPrefixes: ['delivery-powens_'],
      handle: async (batch) => {
        for (const { type, stream } of batch.events) if (type === 'WebhookReceived') stored.add(stream);
      },
    });
    const isRead = () => head === null || (feed.position() ?? -1n) >= head || undefined;
    await until('the end of the log', isRead, { withinMs: WITHIN_MS });
    await feed.stop();
    return stored;
  });
