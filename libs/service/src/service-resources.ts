import { type EventStore, KurrentEventStore, RememberedSnapshots, type SnapshotCache } from '#event-store';
import { type Clock, type CorrelationScope, errorText, SystemClock } from '#kernel';
import { Logger } from '@nestjs/common';
import { CommandPublisher, ensureStreams, EventPublisher, Nats, RpcClient } from '#messaging';
import { type Config, correlation } from '#platform';
import { Database, LockKeeper, PgSnapshots } from '#read-model';

const logger = new Logger('Nats');

/** Changes whenever a fold of a decider changes its meaning: older snapshots are then not seen. */
const FOLDS_VERSION = '6';

/** Streams that live long and are never deleted. */
const REMEMBERED = ['connection', 'sync'];

/** The connections to the three engines that a service works with; several apps of one process share them. */
export class ServiceResources {
  readonly correlation: CorrelationScope = correlation;
  readonly keeper: LockKeeper;
  readonly commands: CommandPublisher;
  readonly events: EventPublisher;
  readonly rpc: RpcClient;

  private constructor(
    readonly config: Config,
    readonly db: Database,
    readonly store: EventStore,
    readonly nats: Nats,
    readonly snapshots: SnapshotCache,
    readonly clock: Clock,
  ) {
    this.keeper = new LockKeeper(db);
    this.commands = new CommandPublisher(nats, correlation);
    this.events = new EventPublisher(nats, correlation);
    this.rpc = new RpcClient(nats, correlation);
  }

  /**
   * @throws {NatsUnavailable} no NATS server answered in time
   * @throws {EventStoreUnavailable} the log did not answer in time
   */
  static async open(
    config: Config,
    name: string,
    clock: Clock = new SystemClock(),
  ): Promise<ServiceResources> {
    const db = new Database(config.databaseUrl, { applicationName: `passerelle-${name}` });
    const store = new KurrentEventStore(config.eventStoreUrl);
    try {
      const [nats, logId] = await Promise.all([
        Nats.connect({ url: config.natsUrl, name: `passerelle-${name}` }),
        store.logId(),
      ]);
      await ensureStreams(nats);
      // A server that came back empty has no streams: without them every command and event would wait for ever.
      nats.onReconnect(
        () => void ensureStreams(nats).catch((error: unknown) => logger.warn(errorText(error))),
      );
      const lasting = new PgSnapshots(db, `${FOLDS_VERSION}:${logId}`);
      const snapshots = new RememberedSnapshots(lasting, REMEMBERED);
      return new ServiceResources(config, db, store, nats, snapshots, clock);
    } catch (error) {
      await Promise.allSettled([store.close(), db.close()]);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.keeper.close();
    await this.nats.close();
    await Promise.all([this.store.close(), this.db.close()]);
  }
}
