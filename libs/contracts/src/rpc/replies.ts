import type { BankAccountView } from '../views/bank-account.view.js';
import type { ConnectionView } from '../views/connection.view.js';
import type { OtherLinkView } from '../views/other-link.view.js';

/** One page of a list; `nextCursor` is `null` on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Answer to a command: what is now true, and the log position from which reads show it. */
export interface OpenedConnectionReply {
  readonly connection: ConnectionView;
  /** Short-lived: for the person's browser only. `null` when no link is needed, or when none could be made. */
  readonly linkUrl: string | null;
  readonly linkExpiresAt: string | null;
  readonly position: string | null;
}

export interface LinkReply {
  readonly linkUrl: string;
  readonly expiresAt: string;
  readonly position: string | null;
}

export interface ConnectionReply {
  readonly connection: ConnectionView;
  readonly position: string | null;
}

export interface DecidedAccountReply {
  readonly account: BankAccountView;
  readonly position: string | null;
}

export interface CompletedLinkReply {
  readonly outcome: 'linked' | 'refused';
  readonly connectionId: string;
  readonly status: string;
  /** The provider's code when it was refused. */
  readonly code: string | null;
  /** Who refused, when it was. */
  readonly by: 'user' | 'provider';
  /** What came of it, in words with a next step. */
  readonly message: string;
  /** What was linked besides and is not used. */
  readonly otherLinks: readonly OtherLinkView[];
  readonly position: string | null;
}

export interface RequestedSyncReply {
  /** The run that this request became part of. */
  readonly id: string;
  readonly connectionId: string;
  readonly status: 'pending';
  readonly position: string | null;
}

export interface ReplayedDeliveryReply {
  readonly deliveryId: string;
  /** `<deliveryId>~<n>`: finds the run that the replay becomes part of. */
  readonly requestId: string;
  readonly position: string | null;
}
