import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { PublicEventName } from '#contracts';
import { EventConsumer } from './event-consumer.js';
import type { EventSubscription, NatsAccess, SubscribeOptions } from './subscribe-options.js';

/**
 * Subscribes durably to public events: what happens while the subscriber is away is delivered when it is back, at least
 * once and in the order of `sequence` within a `partitionkey`. Resolves once the subscription exists on the server.
 */
export const subscribe = async <Name extends PublicEventName = PublicEventName>(
  options: SubscribeOptions<Name>,
): Promise<EventSubscription> => {
  const isBorrowed = 'connection' in options;
  const connection = await open(options);
  try {
    const consumer = new EventConsumer(
      connection,
      await jetstreamManager(connection, { checkAPI: false }),
      options,
    );
    await consumer.ensure();
    const done = runThenClose(consumer, isBorrowed ? undefined : connection);
    // Whoever only ever calls stop() must not die of a rejection that nobody watches.
    done.catch(() => undefined);
    return {
      done,
      stop: async () => {
        consumer.stop();
        await done.catch(() => undefined);
      },
    };
  } catch (error) {
    if (!isBorrowed) await connection.close();
    throw error;
  }
};

const runThenClose = async (
  consumer: { run(): Promise<void> },
  connection: NatsConnection | undefined,
): Promise<void> => {
  try {
    await consumer.run();
  } finally {
    await connection?.close();
  }
};

const open = async (access: NatsAccess & { readonly durable: string }): Promise<NatsConnection> => {
  if ('connection' in access) return access.connection;
  const { servers, user, pass, token, inboxPrefix, durable } = access;
  return connect({
    servers,
    name: durable,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    ...(user === undefined ? {} : { user }),
    ...(pass === undefined ? {} : { pass }),
    ...(token === undefined ? {} : { token }),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
  });
};
