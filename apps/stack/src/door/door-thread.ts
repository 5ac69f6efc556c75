import { once } from 'node:events';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { KurrentEventStore } from '#event-store';
import { SystemClock } from '#kernel';
import { correlation } from '#platform';
import { startWebhookIngress } from '../../../webhook-ingress/src/start.js';
import { unpackConfig } from './door-config.js';

/** The thread of the door: ready once it listens, and gone when it was asked to stop and has stopped. */
const runDoor = async (stack: MessagePort): Promise<void> => {
  const config = unpackConfig(workerData);
  const store = new KurrentEventStore(config.eventStoreUrl);
  const door = await startWebhookIngress({ config, store, correlation, clock: new SystemClock() });
  stack.postMessage('ready', []);
  await once(stack, 'message');
  await door.stop();
  await store.close();
};

if (!parentPort) throw new Error('The door is a thread of the stack: start the stack.');
await runDoor(parentPort);
// Whatever a library still holds must not keep the thread, and with it the process, alive.
process.exit(0);
