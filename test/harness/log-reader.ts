import { KurrentEventStore } from '#event-store';
import type { EventMetadata, RecordedEvent } from '#kernel';
import type { Endpoints } from './stack.js';

const CATEGORIES = ['connection-', 'sync-', 'ledger-', 'delivery-', 'webhookkeys-', 'passerelle-'];

/** The log itself, read beside the services. */
export class LogReader {
  readonly store: KurrentEventStore;

  constructor(stack: { readonly endpoints: Pick<Endpoints, 'eventStoreUrl'> }) {
    this.store = new KurrentEventStore(stack.endpoints.eventStoreUrl);
  }

  /** How far the log is: the same before and after means that nothing was written. */
  head(): Promise<bigint | null> {
    return this.store.head();
  }

  async stream(name: string): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const event of this.store.readStream(name)) events.push(event);
    return events;
  }

  /** Everything that is in the log by now. */
  async all(): Promise<readonly RecordedEvent[]> {
    const head = (await this.head()) ?? -1n;
    const events: RecordedEvent[] = [];
    await new Promise<void>((resolve, reject) => {
      const feed = this.store.subscribeToAll({
        after: null,
        streamPrefixes: CATEGORIES,
        handle: ({ events: some, position }) => {
          events.push(...some);
          if (position >= head) resolve();
          return Promise.resolve();
        },
      });
      feed.done.catch(reject);
    });
    return events;
  }

  /** Writes at the end of a stream, for what no caller could bring about in the time of a test. */
  async append(stream: string, type: string, data: object): Promise<void> {
    const last = (await this.stream(stream)).at(-1);
    const metadata: EventMetadata = {
      commandId: crypto.randomUUID(),
      correlationId: crypto.randomUUID(),
      causationId: null,
      tenantId: null,
      actor: 'test',
      traceparent: null,
    };
    await this.store.append(stream, last?.revision ?? 'no-stream', [{ type, data, metadata }]);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/** Everything that is in the log of this server by now. */
export const readLog = async (
  endpoints: Pick<Endpoints, 'eventStoreUrl'>,
): Promise<readonly RecordedEvent[]> => {
  const reader = new LogReader({ endpoints });
  try {
    return await reader.all();
  } finally {
    await reader.close();
  }
};
