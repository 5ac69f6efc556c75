import type { ConnectionProvider } from '#domain';
import { derivedId, type EventStore, type SnapshotCache } from '#event-store';
import type { Clock, CorrelationScope, EventMetadata } from '#kernel';
import type { BankProvider } from '#providers';
import { type Database, waitForPosition } from '#read-model';
import { eventMetadata, type Providers } from '#service';
import type { Vault } from '#vault';
import { Cron } from 'croner';
import { CONNECTION_STATUS } from './connection-rows.js';

/** Everything that the handlers of this app share; made once at start, injected as one value. */
export class ConnectionsDeps {
  constructor(
    readonly db: Database,
    readonly store: EventStore,
    readonly snapshots: SnapshotCache,
    readonly vault: Vault,
    readonly providers: Providers,
    readonly clock: Clock,
    readonly correlation: CorrelationScope,
    /** Absolute, registered with the providers: where they send the browser back. */
    readonly callbackUrl: string,
    /** Of the daily sync. */
    readonly schedule: { readonly pattern: string; readonly timeZone: string },
  ) {}

  /** When the schedule comes round next, ISO 8601 UTC; `null`: never. */
  nextSync(): string | null {
    const { pattern, timeZone } = this.schedule;
    const cron = new Cron(pattern, { timezone: timeZone, paused: true });
    return cron.nextRun(new Date(this.clock.now()))?.toISOString() ?? null;
  }

  /** Waits, at most two seconds, until the rows show what was written up to there. */
  rowsAt(position: bigint): Promise<boolean> {
    return waitForPosition(this.db, CONNECTION_STATUS, position);
  }

  metadata(tenantId: string | null, commandId?: string): EventMetadata {
    return eventMetadata(this.correlation, tenantId, commandId);
  }

  provider(name: ConnectionProvider): BankProvider {
    return this.providers.named(name);
  }

  /** One ledger per bank account of a tenant, whatever connection it is seen through. */
  async ledgerIds(tenantId: string): Promise<(identity: readonly string[]) => string> {
    const logId = await this.store.logId();
    return (identity) => derivedId('ledger', logId, tenantId, ...identity);
  }
}
