import { Logger } from '@nestjs/common';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { errorText } from '#kernel';
import { natsAddress } from './nats-address.js';
import { NatsUnavailable } from './nats-unavailable.js';
import { pause } from './pause.js';

export interface NatsOptions {
  /** One address or several with commas; see {@link natsAddress}. */
  readonly url: string;
  /** Name of the connection in the server's monitoring: the app's name. */
  readonly name: string;
  /** How long to wait for a server at the start (default 15 s). Afterwards a lost one is waited for without end. */
  readonly connectTimeoutMs?: number;
}

/** One connection to NATS. It comes back by itself, however long the server was away. */
export class Nats {
  private readonly logger: Logger;
  readonly jetstream: JetStreamClient;
  private readonly listeners: (() => void)[] = [];
  private lost = 0;

  private constructor(
    readonly connection: NatsConnection,
    readonly manager: JetStreamManager,
    name: string,
  ) {
    this.logger = new Logger(`Nats ${name}`);
    this.jetstream = jetstream(connection);
    void this.reportStatus();
  }

  /** @throws {NatsUnavailable} no server answered in time, or it refused us */
  static async connect(options: NatsOptions): Promise<Nats> {
    const address = natsAddress(options.url);
    const waitMs = options.connectTimeoutMs ?? 15_000;
    const deadline = Date.now() + waitMs;
    for (;;) {
      try {
        const connection = await connect({
          ...address,
          name: options.name,
          maxReconnectAttempts: -1,
          reconnectTimeWait: 250,
          timeout: Math.max(500, Math.min(5_000, deadline - Date.now())),
        });
        return new Nats(connection, await jetstreamManager(connection, { checkAPI: false }), options.name);
      } catch (error) {
        if (Date.now() >= deadline || isRefusal(error)) {
          throw new NatsUnavailable(
            `NATS did not accept a connection at ${address.servers.join(', ')} within ${waitMs / 1000} s ` +
              `(${errorText(error)}). Is the server running, and is NATS_URL right?`,
            { cause: error },
          );
        }
        await pause(250);
      }
    }
  }

  /** Resolves when the server answers. For health checks. @throws {NatsUnavailable} */
  async ping(timeoutMs = 1_000): Promise<void> {
    const stop = new AbortController();
    const silence = pause(timeoutMs, stop.signal).then(() => 'silence' as const);
    const answer = this.connection.flush().then(() => 'answer' as const);
    const outcome = await Promise.race([answer, silence]).catch((error: unknown) => errorText(error));
    stop.abort();
    if (outcome !== 'answer') {
      answer.catch(() => undefined);
      throw new NatsUnavailable(`NATS does not answer (${outcome}).`);
    }
  }

  /** Sends what is still to be sent, then closes. A server that is away does not hold it up for more than 5 s. */
  async close(): Promise<void> {
    if (this.connection.isClosed()) return;
    const stop = new AbortController();
    const drained = this.connection.drain().catch(() => undefined);
    await Promise.race([drained, pause(5_000, stop.signal)]);
    stop.abort();
    if (!this.connection.isClosed()) await this.connection.close();
  }

  /** How often the connection was lost so far: a changed number means that the server may not be as it was. */
  get losses(): number {
    return this.lost;
  }

  /** Calls `listener` after each time that the server was away. */
  onReconnect(listener: () => void): void {
    this.listeners.push(listener);
  }

  private onReconnected(server: string): void {
    this.logger.log(`Connected again to ${server}.`);
    for (const listener of this.listeners) listener();
  }

  private async reportStatus(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') {
        this.lost += 1;
        this.logger.warn('Lost the NATS server; trying to reach it again.');
      }
      if (status.type === 'reconnect') this.onReconnected(status.server);
      if (status.type === 'error') this.logger.error(`NATS refused something: ${status.error.message}`);
    }
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AuthorizationError' || error.name === 'InvalidArgumentError');
