import type { PublicEventName } from '../subjects.js';
import { BalanceObservedV1 } from './balance-observed.event.js';
import { ConnectionActionRequiredV1 } from './connection-action-required.event.js';
import { ConnectionConsentExpiringV1 } from './connection-consent-expiring.event.js';
import { ConnectionDisconnectedV1 } from './connection-disconnected.event.js';
import { ConnectionLinkedV1 } from './connection-linked.event.js';
import { ConnectionOtherLinksFoundV1 } from './connection-other-links-found.event.js';
import { SyncCompletedV1 } from './sync-completed.event.js';
import { SyncFailedV1 } from './sync-failed.event.js';
import { TransactionsAmendedV1 } from './transactions-amended.event.js';
import { TransactionsImportedV1 } from './transactions-imported.event.js';
import { TransactionsRemovedV1 } from './transactions-removed.event.js';

/** The class of every public event, by its name. */
export const PUBLIC_EVENTS = {
  'transactions.imported': TransactionsImportedV1,
  'transactions.amended': TransactionsAmendedV1,
  'transactions.removed': TransactionsRemovedV1,
  'sync.completed': SyncCompletedV1,
  'sync.failed': SyncFailedV1,
  'connection.linked': ConnectionLinkedV1,
  'connection.action-required': ConnectionActionRequiredV1,
  'connection.consent-expiring': ConnectionConsentExpiringV1,
  'connection.other-links-found': ConnectionOtherLinksFoundV1,
  'connection.disconnected': ConnectionDisconnectedV1,
  'balance.observed': BalanceObservedV1,
} as const satisfies Record<PublicEventName, new () => object>;

/** The public event of one name; of several names their union, to be told apart by `type`. */
export type PublicEventOf<Name extends PublicEventName> = InstanceType<(typeof PUBLIC_EVENTS)[Name]>;
export type PublicEvent = PublicEventOf<PublicEventName>;
export type PublicEventType = PublicEvent['type'];

export const publicEventType = <Name extends PublicEventName>(name: Name): PublicEventOf<Name>['type'] =>
  `passerelle.${name}.v1` as PublicEventOf<Name>['type'];

const NAMES = new Map(
  (Object.keys(PUBLIC_EVENTS) as PublicEventName[]).map((name) => [publicEventType(name) as string, name]),
);

/** `<entity>.<verb>` of an event's `type`; `undefined` for a type that this version does not know. */
export const publicEventName = (type: string): PublicEventName | undefined => NAMES.get(type);
