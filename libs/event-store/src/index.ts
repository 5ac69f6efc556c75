export * from './derived-id.js';
export * from './event-id.js';
export * from './event-store.js';
export {
  type DomainEvent,
  fold,
  type FoldDeps,
  type Folded,
  type Snapshot,
  type SnapshotCache,
  type Upcasters,
} from './fold.js';
export { KurrentEventStore } from './kurrent-event-store.js';
export { identifyLog, LOG_STREAM } from './log-identity.js';
export { MAX_APPEND_BYTES, MAX_APPEND_EVENTS, proposedEvents } from './proposed-events.js';
export { RememberedSnapshots } from './remembered-snapshots.js';
export { type Decided, runDecider, type RunDeciderDeps } from './run-decider.js';
export { type FeedItem, type OpenSubscription, superviseFeed } from './supervise-feed.js';
