import { JetStreamApiError, type ConsumerConfig, type ConsumerInfo } from '@nats-io/jetstream';
import type { Nats } from '../nats/nats.js';

const CONSUMER_NOT_FOUND = 10_014;

/** Creates a durable consumer, or brings its settings up to date. Any number of copies may do so at once. */
export const ensureConsumer = async (
  nats: Nats,
  stream: string,
  config: Partial<ConsumerConfig> & { readonly durable_name: string },
): Promise<ConsumerInfo> => {
  const { consumers } = nats.manager;
  try {
    return await consumers.update(stream, config.durable_name, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== CONSUMER_NOT_FOUND) throw error;
    return consumers.add(stream, { ...config, name: config.durable_name });
  }
};
