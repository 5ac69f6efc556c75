import { DiscardPolicy, JetStreamApiError, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { STREAMS } from '#contracts';
import type { Nats } from './nats.js';

const DAY_MS = 86_400_000;
const STREAM_NOT_FOUND = 10_059;

export interface StreamSettings {
  /** How long public events can be read again (default 30 days). */
  readonly eventsMaxAgeDays?: number;
  /** Copies of every stream in a NATS cluster; left as it is when not given (1 for a new stream). */
  readonly replicas?: number;
}

/**
 * Creates the three streams, or brings their settings up to date. Uses nothing above nats-server 2.9. The dedupe
 * windows are a convenience: nothing relies on them.
 */
export const ensureStreams = async (nats: Nats, settings: StreamSettings = {}): Promise<void> => {
  const replicas = settings.replicas === undefined ? {} : { num_replicas: settings.replicas };
  const common = { discard: DiscardPolicy.Old, duplicate_window: nanos(10 * 60_000), ...replicas };
  await ensure(nats, STREAMS.commands, RetentionPolicy.Workqueue, {
    ...common,
    subjects: ['passerelle.commands.>'],
    max_age: 0,
  });
  await ensure(nats, STREAMS.dead, RetentionPolicy.Limits, {
    ...common,
    subjects: ['passerelle.dead.>'],
    max_age: 0,
  });
  await ensure(nats, STREAMS.events, RetentionPolicy.Limits, {
    ...common,
    subjects: ['passerelle.events.>'],
    max_age: nanos((settings.eventsMaxAgeDays ?? 30) * DAY_MS),
  });
};

type Changeable = Parameters<Nats['manager']['streams']['update']>[1];

const ensure = async (
  nats: Nats,
  name: string,
  retention: RetentionPolicy,
  settings: Changeable,
): Promise<void> => {
  const { streams } = nats.manager;
  try {
    await streams.update(name, settings);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NOT_FOUND) throw error;
    await streams.add({ ...settings, name, retention, storage: StorageType.File });
  }
};
