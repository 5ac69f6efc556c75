import type { EventStore, SnapshotCache } from '#event-store';
import type { Clock, CorrelationScope, EventMetadata } from '#kernel';
import type { CommandPublisher } from '#messaging';
import type { CircuitBreaker } from '#providers';
import type { Database, LockKeeper } from '#read-model';
import { eventMetadata, type Providers } from '#service';
import type { Vault } from '#vault';

export interface SyncPolicy {
  /** A run that has not ended so long after its first attempt began is ended; one that never began, so long after it might have. */
  readonly deadlineMs: number;
  /** Pauses before a run is tried again by itself after a passing failure of the provider; the last one repeats. */
  readonly retryDelaysMs: readonly number[];
  /** A run that has been open for so long is not tried again: it fails, and the next one may do better. */
  readonly retryForMs: number;
  /** How often, and after which pauses, a run waits for the provider's first look at a bank that was just linked. */
  readonly firstLookDelaysMs: readonly number[];
  /** For a person who waits, the provider looks at the bank first when its last look is so old; 0: never. */
  readonly refreshAfterMs: number;
  /** Pauses between the looks whether it has done so; after the last one, what it has is read. */
  readonly refreshDelaysMs: readonly number[];
  /** Runs that webhooks alone ask for start at least so far apart, per connection. */
  readonly webhookIntervalMs: number;
  /** So often the recent days of each account are read whole: some changes are found by nothing else. */
  readonly fullRereadEveryMs: number;
  /** How many days back that goes. */
  readonly fullRereadDays: number;
  /** Time zone in which "today" is meant. */
  readonly timeZone: string;
}

/** Everything that the handlers of this app share; made once at start, injected as one value. */
export class SyncDeps {
  constructor(
    readonly db: Database,
    readonly store: EventStore,
    readonly snapshots: SnapshotCache,
    readonly keeper: LockKeeper,
    readonly vault: Vault,
    readonly providers: Providers,
    readonly commands: CommandPublisher,
    readonly clock: Clock,
    readonly correlation: CorrelationScope,
    readonly circuits: CircuitBreaker,
    readonly policy: SyncPolicy,
  ) {}

  /** Metadata of one command: a fresh command id within the story at hand. */
  metadata(tenantId: string | null, commandId?: string): EventMetadata {
    return eventMetadata(this.correlation, tenantId, commandId);
  }
}
