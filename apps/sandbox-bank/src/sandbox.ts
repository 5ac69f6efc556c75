import type { Settings } from './settings.js';
import type { Store } from './store.js';
import type { ReleaseOrder } from './aggregator/release-order.js';
import type { MannersBook } from './aggregator/manners-book.js';
import type { Bank } from './bank/bank.js';
import type { RequestLog } from './control/request-log.js';
import type { Faults } from './control/faults.js';
import type { Chance } from './clock/chance.js';
import type { VirtualClock } from './clock/virtual-clock.js';
import type { Visits } from './webview/visits.js';

/**
 * Where events go that webhooks tell of: `CONNECTION_SYNCED`, `CONNECTION_DELETED`, `USER_DELETED`, `ACCOUNT_FOUND`,
 * `ACCOUNT_ENABLED`, `ACCOUNT_DISABLED`, and whatever else a test wants to be sent.
 */
export interface WebhookEvents {
  add(event: string, userId: number, connectionId: number | null, body: object): void;
  /** `members` is JSON text without its outer braces; called only when somebody listens. */
  addRaw(event: string, userId: number, connectionId: number | null, members: () => string): void;
  /** The user became permanent: what was held for that is sent. */
  release(userId: number): void;
}

/** Webhooks that are kept back for a while. */
export interface HeldWebhooks extends WebhookEvents {
  /** Sends them one after the other, each so many times; ids name some of them in an order of their own. */
  sendWithheld(order: ReleaseOrder | readonly number[], times?: number): Promise<number[]>;
}

/** Syncs of connections with their banks; each runs a little later and is not forgotten by a restart. */
export interface SyncRequests {
  request(connectionId: number): void;
  isRunning(connectionId: number): boolean;
  /** Runs before it returns, in place of a request that waits. */
  runNow(connectionId: number): void;
}

/** Everything that a route of the sandbox works on. */
export interface Sandbox {
  readonly store: Store;
  readonly bank: Bank;
  readonly settings: Settings;
  /** The settings as they are for one user. */
  readonly manners: MannersBook;
  readonly clock: VirtualClock;
  /** The clock's time. */
  readonly now: () => number;
  readonly chance: Chance;
  readonly outbox: HeldWebhooks;
  readonly syncs: SyncRequests;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly visits: Visits;
}
