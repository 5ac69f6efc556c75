import type { Engine } from './engine.js';
import { startNodeChild, type NodeChildOptions } from './node-child.js';

/** Starts the embedded event store (`apps/embedded-event-store`). `url` is `kurrentdb://127.0.0.1:<port>?tls=false`. */
export const startEventStore = async (options: NodeChildOptions): Promise<Engine> =>
  startNodeChild('event-store', options, [], (port) => `kurrentdb://127.0.0.1:${port}?tls=false`);
