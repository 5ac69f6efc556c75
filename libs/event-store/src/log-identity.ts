import { randomUUID } from 'node:crypto';
import { type EventStore, WrongExpectedRevision } from './event-store.js';

export const LOG_STREAM = 'passerelle-log';

const readLogId = async (store: EventStore): Promise<string | undefined> => {
  for await (const { type, data } of store.readStream(LOG_STREAM, { maxCount: 1 })) {
    if (
      type === 'LogIdentified' &&
      typeof data === 'object' &&
      data !== null &&
      'logId' in data &&
      typeof data.logId === 'string'
    ) {
      return data.logId;
    }
    throw new Error(`The first event of ${LOG_STREAM} is not the log's identity: this log is not ours.`);
  }
  return undefined;
};

const write = async (store: EventStore, logId: string): Promise<void> => {
  const metadata = {
    commandId: logId,
    correlationId: logId,
    causationId: null,
    tenantId: null,
    actor: 'system',
    traceparent: null,
  };
  try {
    await store.append(LOG_STREAM, 'no-stream', [{ type: 'LogIdentified', data: { logId }, metadata }]);
  } catch (error) {
    if (!(error instanceof WrongExpectedRevision)) throw error;
  }
};

/** The log's random identity: found in its own stream, or written there once, whoever comes first. */
export const identifyLog = async (store: EventStore): Promise<string> => {
  const known = await readLogId(store);
  if (known !== undefined) return known;
  await write(store, randomUUID());
  const written = await readLogId(store);
  if (written === undefined) throw new Error(`${LOG_STREAM} was written but reads as empty.`);
  return written;
};
